"""Bytes of a session file to values and back. Pure: the store and the exporters both stand on it."""
