"""Projectors: points (batch, points, 3), y up, to depth views."""

from pointclip2.projectors.perspective import PerspectiveProjector
from pointclip2.projectors.realistic import RealisticProjector
from pointclip2.projectors.splat import SplatProjector

__all__ = ["PerspectiveProjector", "RealisticProjector", "SplatProjector"]
