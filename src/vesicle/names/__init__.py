"""Names of genes, microRNAs and proteins, repaired with a printed log: as many come out as went in."""
