"""Which examples of a training split are learned from: a seeded few of every class, and a part kept for choosing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F

from pointclip2.data.checksum import digest_values
from pointclip2.data.dataset import CloudDataset
from pointclip2.data.prepare import stable_seed
from pointclip2.reading import read_text
from pointclip2.sealed import DamagedError, opened, sealed
from pointclip2.types import Cloud, ConfigError, DataError
from pointclip2.writing import write_text

ALL = "all"


@dataclass(frozen=True)
class ShotSubset:
    """Names of samples, so that a subset means the same wherever the data set lies."""

    data: str
    shots: int | str
    seed: int
    train: Mapping[str, tuple[str, ...]]
    """Of every class, in the order in which a larger subset would add them."""
    validation_split: str | None
    """Where the validation part comes from: ``val``, ``train``, or None where there is none."""
    validation: tuple[str, ...]

    def write(self, path: Path) -> None:
        """As JSON, in one step."""
        text = json.dumps(sealed(asdict(self)), indent=1) + "\n"
        write_text(path, text)

    @classmethod
    def read(cls, path: Path) -> "ShotSubset":
        """What `write` wrote.

        Raises:
            DataError: not there, or not a subset.
        """
        try:
            content: dict[str, Any] = opened(json.loads(read_text(path)), path)
            train = {str(name): tuple(names) for name, names in content.pop("train").items()}
            validation = tuple(content.pop("validation"))
            return cls(train=train, validation=validation, **content)
        except DamagedError as error:
            raise DataError(f"task.subset: {error}") from error
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            reason = " ".join(str(error).split())
            raise DataError(
                f"task.subset={path} is not a subset.json of a few-shot run ({reason})"
            ) from error


def check_shots(shots: object) -> int | str:
    """``shots`` if it is a positive number or ``all``.

    Raises:
        ConfigError: it is neither.
    """
    if shots == ALL or (isinstance(shots, int) and not isinstance(shots, bool) and shots >= 1):
        return shots if isinstance(shots, int) else ALL
    raise ConfigError(f"data.shots={shots}: give a number of examples a class, 1 or more, or all")


def draw_subset(
    train: CloudDataset, val: CloudDataset | None, shots: int | str, seed: int, validation_share: float = 0.2
) -> ShotSubset:
    """Draw ``shots`` examples of every class; the subset of fewer shots lies within that of more.

    Without a split ``val`` the validation part is ``validation_share`` of every class of the training split, the same
    whatever the number of shots. A class with a single example gives it to the shots.

    Raises:
        DataError: a class has no example, or fewer than asked for; the message names it.
    """
    if not 0 <= validation_share < 1:
        raise ConfigError(f"task.validation_share={validation_share} must be in [0, 1)")
    ranked = _ranked(train, seed)
    empty = [name for name, positions in zip(train.classes, ranked, strict=True) if not positions]
    if empty:
        raise DataError(
            f"{train.name}: no example of {', '.join(empty)} in the split {train.split!r}: "
            "add some, or leave the classes out"
        )
    kept: list[list[int]] = [[] for _ in ranked]
    if val is None and validation_share > 0:
        for label, positions in enumerate(ranked):
            count = max(1, round(validation_share * len(positions))) if len(positions) > 1 else 0
            ranked[label], kept[label] = (
                positions[: len(positions) - count],
                positions[len(positions) - count :],
            )
    if isinstance(shots, int):
        _check_counts(train, ranked, kept, shots)
        ranked = [positions[:shots] for positions in ranked]
    if val is not None:
        validation = tuple(name for name, label in zip(val.names, val.labels, strict=True) if label >= 0)
    else:
        validation = tuple(train.names[position] for positions in kept for position in positions)
    return ShotSubset(
        data=train.name,
        shots=shots,
        seed=seed,
        train={
            name: tuple(train.names[position] for position in positions)
            for name, positions in zip(train.classes, ranked, strict=True)
        },
        validation_split=(val.split if val is not None else train.split) if validation else None,
        validation=validation,
    )


def _ranked(train: CloudDataset, seed: int) -> list[list[int]]:
    """Positions of every class in an order that the seed and the names decide."""
    ranked: list[list[int]] = [[] for _ in train.classes]
    for position in sorted(range(len(train)), key=lambda i: stable_seed(f"{seed}/shots/{train.names[i]}")):
        if train.labels[position] >= 0:
            ranked[train.labels[position]].append(position)
    return ranked


def _check_counts(
    train: CloudDataset, ranked: Sequence[Sequence[int]], kept: Sequence[Sequence[int]], shots: int
) -> None:
    short = [label for label, positions in enumerate(ranked) if len(positions) < shots]
    if not short:
        return
    label = min(short, key=lambda index: len(ranked[index]))
    others = f" ({len(short)} classes have too few)" if len(short) > 1 else ""
    beside = f", {len(kept[label])} more are kept for validation" if kept[label] else ""
    raise DataError(
        f"data.shots={shots}, but {train.name} has {len(ranked[label])} of {train.classes[label]!r} in the split "
        f"{train.split!r}{beside}{others}: ask for {len(ranked[label])} or fewer, or for all"
    )


def divided(whole: CloudDataset, seed: int, share: float = 0.5) -> tuple["ChosenSplit", "ChosenSplit"]:
    """Return a part to learn from and a part to test on, where a data set has no such splits.

    Of every class ``share`` are learned from, at least one, whichever the seed draws; the others, and what has no
    label, are tested.
    """
    taken: set[int] = set()
    for positions in _ranked(whole, seed):
        taken |= set(positions[: max(1, round(share * len(positions)))])
    tested = [position for position in range(len(whole)) if position not in taken]
    return ChosenSplit(whole, sorted(taken), "train"), ChosenSplit(whole, tested, "test")


class ChosenSplit(CloudDataset):
    """Some samples of another split, in a given order; called as that one unless it is given a name."""

    def __init__(self, parent: CloudDataset, positions: Sequence[int], split: str | None = None) -> None:
        self.parent = parent
        self.positions = list(positions)
        self.name = parent.name
        self.split = split or parent.split
        self.undecided = parent.undecided
        self.classes = parent.classes
        self.part_names = parent.part_names
        self.names = [parent.names[position] for position in self.positions]
        self.labels = [parent.labels[position] for position in self.positions]
        self.checksum = digest_values({"chosen of": parent.checksum, "names": self.names})

    def __getitem__(self, index: int) -> Cloud:
        return self.parent[self.positions[index]]


class AugmentedSplit(CloudDataset):
    """A scaled and shifted copy of every sample: another number, another copy.

    Args:
        parent: the samples as they are.
        number: of the copy.
        seed: of all copies.
        scale: smallest and largest factor, drawn for each axis.
        shift: largest distance, drawn for each axis, in radii of the unit sphere. As published the cloud is not
            centred again.
    """

    def __init__(
        self, parent: CloudDataset, number: int, seed: int, scale: tuple[float, float], shift: float
    ) -> None:
        if not 0 < scale[0] <= scale[1] or shift < 0:
            raise ConfigError(
                f"task.scale={list(scale)}, task.shift={shift}: give the smallest and the largest factor, above 0, "
                "and a shift that is not negative"
            )
        self.parent = parent
        self.number, self.seed = number, seed
        self.scale, self.shift = scale, shift
        self.name = parent.name
        self.split = parent.split
        self.undecided = parent.undecided
        self.classes = parent.classes
        self.names = parent.names
        self.labels = parent.labels
        self.checksum = digest_values(
            {"of": parent.checksum, "copy": number, "seed": seed, "scale": list(scale), "shift": shift}
        )

    def __getitem__(self, index: int) -> Cloud:
        cloud = self.parent[index]
        seed = stable_seed(f"{self.seed}/copy/{self.number}/{cloud.name}") >> 1
        low, high = self.scale
        drawn = torch.rand(2, 3, generator=torch.Generator().manual_seed(seed))
        scale, shift = low + (high - low) * drawn[0], self.shift * (2 * drawn[1] - 1)
        back = torch.eye(4, dtype=torch.float64)
        back[:3, :3] = torch.diag(1 / scale.double())
        back[:3, 3] = -shift.double() / scale.double()
        return Cloud(
            cloud.name,
            cloud.points * scale + shift,
            cloud.label,
            colours=cloud.colours,
            normals=None if cloud.normals is None else F.normalize(cloud.normals / scale, dim=1),
            frame=replace(cloud.frame, matrix=cloud.frame.matrix @ back),
            remarks=cloud.remarks,
            ups=cloud.ups,
        )


def named(dataset: CloudDataset, names: Sequence[str], where: str) -> ChosenSplit:
    """The samples of these names.

    Raises:
        DataError: the split has no such sample.
    """
    at = {name: position for position, name in enumerate(dataset.names)}
    missing = [name for name in names if name not in at]
    if missing:
        raise DataError(
            f"{where}: {dataset.name} ({dataset.split}) has no {missing[0]}, and misses {len(missing)} of "
            f"{len(names)} samples; draw a subset of this data set, task.subset=null"
        )
    return ChosenSplit(dataset, [at[name] for name in names])


def blocks(subset: ShotSubset) -> list[list[str]]:
    """The examples in groups that subsets of fewer and more shots have in common: the first of each class, the
    second, the next two, the next four ..., so that a sweep over shots encodes each example once.
    """
    largest = max(len(names) for names in subset.train.values())
    found, start = [], 0
    while start < largest:
        end = max(1, 2 * start)
        found.append([name for names in subset.train.values() for name in names[start:end]])
        start = end
    return found
