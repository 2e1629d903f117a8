"""The full text of the library: what was said, found by its words."""
