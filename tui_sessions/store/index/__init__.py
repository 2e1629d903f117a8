"""The index of the library: one SQLite file that may be thrown away at any time."""
