"""Answers to a person: what is this, where are its parts, what stands in this room; `PointCLIP` and the commands."""
