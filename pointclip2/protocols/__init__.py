"""Protocols: how an evaluation of each task goes, from a composed configuration to figures, files and facts."""

from pointclip2.protocols.job import Finding, Job, Stopwatch, TaskProtocol

__all__ = ["Finding", "Job", "Stopwatch", "TaskProtocol"]
