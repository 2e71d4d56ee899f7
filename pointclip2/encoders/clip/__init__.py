"""Backbones: depth views and sentences in, unit feature vectors out."""

from pointclip2.encoders.clip.openclip import OpenClipBackbone
from pointclip2.encoders.clip.tiny import tiny

__all__ = ["OpenClipBackbone", "tiny"]
