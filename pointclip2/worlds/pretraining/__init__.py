"""Make what the built-in model is trained on: a pool of shapes, sentences about them, and batches of both."""
