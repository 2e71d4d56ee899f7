"""Pictures of a run. Matplotlib is imported when a picture is drawn, not before."""

from pointclip2.show.confusion import draw_confusion
from pointclip2.show.sheet import ViewRow, draw_views

__all__ = ["ViewRow", "draw_confusion", "draw_views"]
