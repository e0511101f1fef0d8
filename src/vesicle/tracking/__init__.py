"""From frames to trajectories: finding spots, linking them, removing drift; knows pixels, not particles."""
