"""Encoders that look at points themselves."""
