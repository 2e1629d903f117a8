"""Who answers: one protocol, one file a provider. Nothing is imported before it is asked for."""
