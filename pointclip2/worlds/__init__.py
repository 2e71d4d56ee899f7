"""Make data: procedural shapes, rooms, and pools to train on."""
