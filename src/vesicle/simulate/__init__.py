"""The simulate package."""
