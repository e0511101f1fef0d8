"""The dossier's figures."""
