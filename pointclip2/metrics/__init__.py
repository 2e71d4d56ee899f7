"""Compute metrics: pure functions, and torchmetrics classes around them."""

from pointclip2.metrics.classification import ClassificationMetrics

__all__ = ["ClassificationMetrics"]
