"""Detection: boxes with names in rooms."""
