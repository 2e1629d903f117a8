"""The library on disk. `library` is the only door."""
