"""Make the procedural classes; importing a module registers its classes."""
