"""What a task is: built with everything that it needs, run once, and it says what it found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pointclip2.show.exhibit import ConfusionCounts, Prediction
from pointclip2.show.gallery import GalleryItem
from pointclip2.tasks.run import Run


@dataclass
class Finding:
    """What a task found out, before it is recorded."""

    metrics: dict[str, float]
    """Fractions by name, as in ``results.json``; empty where nothing was labelled."""
    record: dict[str, Any]
    """Where the numbers come from; ``results.json`` is this with metrics, seconds and the environment."""
    title: str
    """Stands above the table in the console."""
    rows: list[tuple[str, str]]
    """The table: what, and how much."""
    sentence: str
    """One honest sentence about what was measured."""
    skipped: Mapping[str, str] = field(default_factory=dict)
    """Samples that could not be read, and why."""
    predictions: Any = None
    """What was predicted, for callers in Python."""
    said: Sequence[Prediction] = ()
    """What was said of every sample, for people; of those that are shown where all would be too many."""
    gallery: list[GalleryItem] = field(default_factory=list)
    """Samples to look at, for the report and the dashboards; as many as ``pictures`` says."""
    confusion: ConfusionCounts | None = None
    """What was called what, where that is a question of the task."""
    projector: Any = None
    """What drew the views, so that the page can show its cameras; None where there are none."""
    loggers: list[Any] = field(default_factory=list)
    """Lightning's, still open: the dashboards' media go there."""


class Task(Protocol):
    """The ``task`` option: how a measurement goes from data to figures.

    The constructor is the option's schema: it takes the data, the encoder and whatever else the task joins, already
    built.
    """

    name: str
    objective: str
    """The metric that a run is judged by where ``objective`` names none."""

    def run(self, run: Run) -> Finding:
        """Measure, leave files in ``run.folder``, and say what was found.

        Raises:
            UserError: with one line that says what is wrong and what to do.
        """
        ...
