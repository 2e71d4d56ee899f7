"""Backbones: depth views and sentences in, unit feature vectors out."""

from pointclip2.backbones.openclip import OpenClipBackbone
from pointclip2.backbones.tiny import tiny

__all__ = ["OpenClipBackbone", "tiny"]
