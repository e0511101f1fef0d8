"""Shared mathematics: percentiles, intervals, bootstrap; no word of the domain."""
