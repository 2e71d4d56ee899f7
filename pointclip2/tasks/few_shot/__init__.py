"""Few-shot classification: an adapter on a few examples a class."""
