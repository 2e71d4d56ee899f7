"""What a task is given beside its own parts: a folder, a clock, the cache, trainers, and where its options are from."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import torch
from lightning import Trainer
from torch import Tensor

from pointclip2.cache import EncodedSplit, FeatureCache, encode_missing
from pointclip2.cache.columns import Columns, Vectors, WithUps
from pointclip2.cache.text import class_vectors, sentence_vectors, unread
from pointclip2.data.dataset import CloudDataset
from pointclip2.data.standing import TurnedSplit, summary_line, up_summary
from pointclip2.encoders.encoder import Encoder, SentenceEncoder, text_of
from pointclip2.encoders.upright import Upright, asked_for_up
from pointclip2.errors import PASSING
from pointclip2.tasks.encoding import TrainerDriver
from pointclip2.text import PromptSet

log = logging.getLogger(__name__)


class Stopwatch:
    """Counts seconds by stage."""

    def __init__(self) -> None:
        self.start = time.perf_counter()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time that passes inside to a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.add({name: time.perf_counter() - start})

    def add(self, seconds: Mapping[str, float]) -> None:
        """Add seconds that were counted elsewhere."""
        for stage, spent in seconds.items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + spent

    def report(self) -> dict[str, float]:
        """Return all stages and the total."""
        return {**self.seconds, "total": time.perf_counter() - self.start}


class Trainers(Protocol):
    """Makes Lightning trainers from the ``trainer`` option."""

    @property
    def device(self) -> torch.device:
        """Where the trainers of this process work."""
        ...

    @property
    def precision(self) -> str:
        """The precision that really runs, as Lightning names it."""
        ...

    @property
    def max_steps(self) -> int:
        """How many steps a training takes, -1 for no limit."""
        ...

    @property
    def rank(self) -> int:
        """Which of the run's processes this one is, from 0."""
        ...

    @property
    def processes(self) -> int:
        """How many processes the run is told to take."""
        ...

    def __call__(
        self,
        progress: bool,
        loggers: bool,
        callbacks: Sequence[Any] = (),
        folder: Path | None = None,
        alone: bool = False,
        **options: Any,
    ) -> Trainer:
        """Return a trainer with or without a progress bar and the run's loggers.

        Args:
            folder: where the loggers write; by default the run's.
            alone: each process works for itself, on its own device, and only the first has loggers. What gives the
                same result everywhere needs no exchange, which would change its last digit.
            options: of Lightning's trainer, before those of the ``trainer`` option.

        Raises:
            ConfigError: no such device, an unknown strategy, an option that Lightning does not take.
        """
        ...


@dataclass(frozen=True)
class Provenance:
    """Where the options of a run came from, for its record."""

    config_hash: str
    """The digest of everything that decides its figures."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The projector and whatever else a record repeats, as plain data."""
    expect: Mapping[str, float] = field(default_factory=dict)
    """Published figures that the run should come near, fractions by metric."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """What was typed for each group of options."""
    git_commit: str | None = None


@dataclass
class Run:
    """One run in progress."""

    folder: Path
    trainers: Trainers
    cache: FeatureCache
    provenance: Provenance
    seed: int = 0
    pictures: int = 0
    resume: bool = True
    """Whether a training that was killed goes on where it stopped."""
    unfinished: Path = Path("outputs/unfinished")
    """Where such trainings wait."""
    watch: Stopwatch = field(default_factory=Stopwatch)
    elsewhere: Sequence[Path] = ()
    """Folders for what the run's own cannot take, say because its disk is full; the first that can takes it."""
    ups: dict[str, dict[str, Tensor]] = field(default_factory=dict)
    """How likely each direction is up, by the checksum of a split whose clouds' up was guessed, and by sample."""
    passed_over: dict[str, str] = field(default_factory=dict)
    """Samples of any split that could not be had just now, and why."""
    told: set[str] = field(default_factory=set)
    """What was said once and need not be again."""

    @property
    def first(self) -> bool:
        """Whether this is the process that writes, of all that work on this run."""
        return self.trainers.rank == 0

    def encode(
        self, dataset: Any, encoder: Any, columns: Columns | None = None, cache: FeatureCache | None = None
    ) -> EncodedSplit:
        """Return the features of a split, from the cache or encoded now; see `encode_missing`."""
        driver = TrainerDriver(self.trainers)
        undecided = getattr(dataset, "undecided", False)
        asked = undecided and isinstance(columns or Vectors(), Vectors) and asked_for_up(encoder)
        if undecided:
            columns = WithUps(columns or Vectors())
        if asked:
            encoder = Upright(encoder)
        split = encode_missing(dataset, encoder, columns, cache or self.cache, driver)
        self.watch.add(split.seconds)
        passed = {name: reason for name, reason in split.skipped.items() if PASSING in reason}
        if passed:
            self.passed_over |= passed
            log.warning("%s: %d samples: %s", dataset.name, len(passed), next(iter(passed.values())))
        if asked or (undecided and dataset.checksum not in self.ups):
            rows = zip(split.index.tolist(), split.table("ups").float().cpu(), strict=True)
            ups = {dataset.names[position]: row for position, row in rows}
            if dataset.checksum not in self.ups:
                log.warning("%s: %s", dataset.name, summary_line(up_summary(ups)))
            self.ups[dataset.checksum] = ups
        return split

    def keep(self, name: str, write: Callable[[Path], Any]) -> Path | None:
        """Write a file of the run as `place` does; a line says where it lies, if not in the run's folder.

        Args:
            name: what is written, for that line.
            write: writes into a folder.

        Returns:
            The folder that took it; None where none did.
        """
        taken, reason = self.place(write)
        if taken != self.folder:
            where = "nor anywhere else" if taken is None else f"it lies in {taken}"
            self._tell(f"{self.folder / name} could not be written ({reason}): {where}")
        return taken

    def place(self, write: Callable[[Path], Any]) -> tuple[Path | None, str]:
        """Write into the run's folder, or the next one that takes it: hours must not be lost to a full disk.

        Returns:
            The folder that took it, None where none did; and why the run's own did not.
        """
        reason = ""
        for folder in (self.folder, *self.elsewhere):
            try:
                folder.mkdir(parents=True, exist_ok=True)
                write(folder)
                return folder, reason
            except OSError as error:
                reason = reason or error.strerror or str(error)
        return None, reason

    def _tell(self, line: str) -> None:
        if line not in self.told:
            self.told.add(line)
            log.warning("%s", line)

    def up_facts(self, dataset: Any) -> dict[str, Any]:
        """Return what a record says of clouds whose up was guessed: the axes taken, and the clouds in doubt."""
        ups = self.ups.get(dataset.checksum)
        return {} if ups is None else {"up": up_summary(ups)}

    def upright(self, dataset: CloudDataset) -> CloudDataset:
        """Return the split with its clouds as they were encoded, where their up was guessed."""
        ups = self.ups.get(dataset.checksum)
        return dataset if ups is None else TurnedSplit(dataset, ups)

    def class_vectors(self, encoder: Encoder, prompts: PromptSet) -> Tensor:
        """Return a unit vector for every class; see `pointclip2.cache.text.class_vectors`."""
        return class_vectors(self._reader(encoder, prompts), prompts, self.cache.root, self.trainers.device)

    def sentence_vectors(self, encoder: Encoder, prompts: PromptSet) -> list[Tensor]:
        """Return the unit vectors of every sentence of every class."""
        return sentence_vectors(
            self._reader(encoder, prompts), prompts, self.cache.root, self.trainers.device
        )

    def _reader(self, encoder: Encoder, prompts: PromptSet) -> SentenceEncoder:
        """The encoder's encoder of sentences, after a word on what it will not read of these."""
        text = text_of(encoder)
        for told in unread(text, prompts, self.cache.root):
            self._tell(told)
        return text
