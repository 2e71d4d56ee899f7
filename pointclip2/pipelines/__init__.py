"""Pipelines: rooms joined into one plain module a task."""

from pointclip2.pipelines.classify import ClassifyPipeline

__all__ = ["ClassifyPipeline"]
