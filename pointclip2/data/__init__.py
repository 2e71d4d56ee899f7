"""Data sets: one module each, with reader, label table, licence and checksum. Plain PyTorch, no Lightning."""
