"""The conversation pane: one widget over the line API, lazily laid out, streaming by last block."""
