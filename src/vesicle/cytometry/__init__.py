"""Mathematics of flow cytometry: compensation, transforms, gates, ladders, scatter; arrays in, records out."""
