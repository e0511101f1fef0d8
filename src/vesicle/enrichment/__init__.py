"""Whether genes gather in named sets: over-representation, ranked enrichment, targets of microRNAs; no domain words."""
