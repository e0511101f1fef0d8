"""Size, number and naming of the particles."""
