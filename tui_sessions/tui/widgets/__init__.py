"""Widgets know values and post messages; they hold no path, client or library."""
