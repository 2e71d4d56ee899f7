"""Project points (batch, points, 3), y up, to depth views."""

from pointclip2.encoders.projectors.perspective import PerspectiveProjector
from pointclip2.encoders.projectors.realistic import RealisticProjector
from pointclip2.encoders.projectors.splat import SplatProjector

__all__ = ["PerspectiveProjector", "RealisticProjector", "SplatProjector"]
