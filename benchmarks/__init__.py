"""The figures that the program is held to, measured on this machine: `python -m benchmarks`."""
