"""Part segmentation: a part for every point."""
