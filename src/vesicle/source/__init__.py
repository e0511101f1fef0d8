"""The mesenchymal stromal cell: identity panel, gating, tissue, donor, passage."""
