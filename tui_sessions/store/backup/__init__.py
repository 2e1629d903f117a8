"""Backups of a library: made, verified, listed, and brought back."""
