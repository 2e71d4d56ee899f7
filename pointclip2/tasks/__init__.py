"""Tasks: what joins data, encoder, heads and metrics into one measurement; a folder a task."""
