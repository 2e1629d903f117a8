"""What people did to sessions, one file a step, so that it can be taken back."""
