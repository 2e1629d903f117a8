"""Turns: a prompt, its answer, and what both cost. Knows no screen."""
