"""Looks a library over, says what is wrong in it, and mends what can be mended without losing anything."""
