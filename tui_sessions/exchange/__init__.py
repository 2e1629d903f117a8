"""Exporters (and importers): sessions to bytes and back. They never open the store."""
