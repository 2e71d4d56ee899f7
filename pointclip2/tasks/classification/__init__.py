"""Zero-shot classification: one name for every cloud."""
