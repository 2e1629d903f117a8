"""The library as a tree: laid out from the index, shown by window."""
