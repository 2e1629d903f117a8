"""Tidying up: what is old, idle or empty goes into the archive or the trash, each time as one step."""
