"""Pipelines: rooms joined into one plain module a task."""

from pointclip2.pipelines.classify import ClassifyPipeline
from pointclip2.pipelines.segment import Segmentation, SegmentPipeline

__all__ = ["ClassifyPipeline", "SegmentPipeline", "Segmentation"]
