"""Geometry shared by the rooms: camera rigs."""

from pointclip2.geometry.views import CameraRig, euler_matrix, ring

__all__ = ["CameraRig", "euler_matrix", "ring"]
