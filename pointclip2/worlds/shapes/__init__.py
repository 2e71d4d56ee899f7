"""Make the procedural world: parametric shapes with part labels, made from seeds, without any file."""
