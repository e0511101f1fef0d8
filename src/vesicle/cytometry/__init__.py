"""Mathematics of flow cytometry: compensation, transforms, gates, scatter of light, ladders of beads."""
