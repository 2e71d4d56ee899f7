"""Training of the built-in model on the procedural world."""
