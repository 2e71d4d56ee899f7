"""Open-world 3D understanding with PointCLIP V2: a cloud walks through five rooms and comes out as a label.

Importing the package imports none of its rooms: take the one that is needed, for example
``from pointclip2.encoders.projectors import RealisticProjector``.
"""

__version__ = "0.1.0"
