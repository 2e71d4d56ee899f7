"""Propose boxes that may hold an object: from the truth, from clusters, from a detector, from a file."""
