"""Which parts each category of a data set has, and how they are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pointclip2.data.dataset import CloudDataset
from pointclip2.types import ConfigError


@dataclass(frozen=True)
class PartTable:
    """Parts by category. The name of a part id is ``category/part``, as in ``CloudDataset.part_names``."""

    categories: tuple[str, ...]
    """The data set's classes, in label order."""
    part_names: tuple[str, ...]

    @classmethod
    def of(cls, dataset: CloudDataset) -> "PartTable":
        """The table of a split; without part labels every category has none."""
        return cls(tuple(dataset.classes), tuple(dataset.part_names))

    @cached_property
    def ids(self) -> tuple[tuple[int, ...], ...]:
        """Part ids of every category."""
        owner: dict[str, list[int]] = {name: [] for name in self.categories}
        for number, name in enumerate(self.part_names):
            category = name.partition("/")[0]
            if category not in owner:
                raise ConfigError(f"part {name!r}: there is no category {category!r}")
            owner[category].append(number)
        return tuple(map(tuple, owner.values()))

    def names(self, category: int) -> tuple[str, ...]:
        """Part names of one category, without its own name."""
        return tuple(self.part_names[i].partition("/")[2] for i in self.ids[category])

    def spoken(self, part: int) -> str:
        """A part's name without its category."""
        return self.part_names[part].partition("/")[2]


def offsets(counts: Sequence[int]) -> tuple[int, ...]:
    """First part id of every category where ids are counted through."""
    return tuple(sum(counts[:i]) for i in range(len(counts)))
