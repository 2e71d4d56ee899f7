"""Procedural rooms: furniture of the procedural world, placed in metres, seen by a scanner that is not perfect."""
