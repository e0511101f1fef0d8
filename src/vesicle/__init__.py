"""vesicle: from a folder of raw files to one dossier that can be checked."""

__version__ = "0.1.0"
