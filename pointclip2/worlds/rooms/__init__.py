"""Make procedural rooms: furniture of the procedural world, placed in metres, seen by an imperfect scanner."""
