"""Pictures of a run. Matplotlib is imported when a picture is drawn, not before."""

from pointclip2.visual.confusion import draw_confusion
from pointclip2.visual.sheet import ViewRow, draw_views

__all__ = ["ViewRow", "draw_confusion", "draw_views"]
