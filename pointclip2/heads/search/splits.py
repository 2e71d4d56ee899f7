"""Decide which shapes and labels a search may see; those of the evaluated split only where the user typed that out."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Int64
from torch import Tensor

from pointclip2.data.dataset import CloudData
from pointclip2.data.prepare import stable_seed
from pointclip2.types import ConfigError, DataError

CHOICES = ("train", "holdout", "label_free", "test_oracle")
"""``train``: all of the train split; ``holdout``: a seeded part of it; ``label_free``: the evaluated shapes, without
their labels; ``test_oracle``: with them, which makes every figure an upper bound and no result."""
SELECTED_ON = {"train": "train", "holdout": "holdout", "label_free": "label_free", "test_oracle": "test"}


@dataclass(frozen=True)
class Sight:
    """Says what a search may look at."""

    choice: str
    split: str
    """Split of the data set."""
    selected_on: str
    """How labels were used; it travels with every number that comes of the search."""


def sight(choice: str | None, needs_labels: bool, data: CloudData, evaluated: str) -> Sight:
    """Return what ``search.split`` means for this data set; None chooses ``holdout``, or ``label_free`` without labels.

    Args:
        choice: one of `CHOICES`, or None.
        needs_labels: whether the search scores by labels.
        data: the data set, which knows its splits.
        evaluated: the split that is reported.

    Raises:
        ConfigError: there is no such choice, or it does not fit this search or this split.
        DataError: the data set has no train split.
    """
    chosen = choice if choice is not None else ("holdout" if needs_labels else "label_free")
    if chosen not in CHOICES:
        raise ConfigError(f"search.split={chosen}: choose one of {', '.join(CHOICES)}")
    if chosen == "label_free" and needs_labels:
        raise ConfigError(
            "search.split=label_free: this search scores by labels; "
            "search=mutual_information and search=sentence_weights need none"
        )
    if chosen == "test_oracle" and not needs_labels:
        raise ConfigError(
            "search.split=test_oracle: this search looks at no label; use search.split=label_free"
        )
    if chosen in ("label_free", "test_oracle"):
        return Sight(chosen, evaluated, SELECTED_ON[chosen])
    if "train" not in data.splits:
        raise DataError(
            f"{data.name} has no train split to search on (it has {', '.join(data.splits)}). Choose "
            "search=mutual_information search.split=label_free, which needs no label; view_weights=file with "
            "weights found elsewhere; or search.split=test_oracle, which searches the labels it is then measured "
            "by, and says so in every table"
        )
    if evaluated == "train":
        raise ConfigError(
            f"data.split=train search.split={chosen}: what is evaluated would be what was searched; evaluate "
            "another split, or type out search.split=test_oracle"
        )
    return Sight(chosen, "train", SELECTED_ON[chosen] if needs_labels else "label_free")


def holdout(names: Sequence[str], labels: Sequence[int], share: float, seed: int) -> Int64[Tensor, " held"]:
    """Return the positions that are held out for searches: of every class the same share, at least one sample.

    The choice depends on names and not on their order: what was held out stays so when a split is cut short, and
    few-shot training on the rest never sees it.

    Raises:
        ConfigError: the share is not above 0 and below 1.
    """
    if not 0 < share < 1:
        raise ConfigError(f"search.holdout={share}: a share of the train split, above 0 and below 1")
    classes: dict[int, list[int]] = {}
    for position, label in enumerate(labels):
        classes.setdefault(label, []).append(position)
    held: list[int] = []
    for positions in classes.values():
        drawn = sorted(positions, key=lambda position: stable_seed(f"{seed}/holdout/{names[position]}"))
        held += drawn[: max(1, round(share * len(drawn)))]
    return torch.tensor(sorted(held), dtype=torch.int64)
