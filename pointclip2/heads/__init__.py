"""Turn features into scores: fusion, view weights and their searches, adapters."""
