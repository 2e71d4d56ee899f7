"""Projectors: points (batch, points, 3) to depth views."""

from pointclip2.projectors.realistic import RealisticProjector

__all__ = ["RealisticProjector"]
