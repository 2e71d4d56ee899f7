"""What turns clouds into vectors in the space of their text."""
