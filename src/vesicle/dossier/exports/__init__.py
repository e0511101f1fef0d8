"""The dossier's exports."""
