"""Full screens and dialogs. Screens translate between widgets and services; they do not decide."""
