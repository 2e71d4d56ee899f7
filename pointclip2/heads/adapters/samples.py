"""Hold labelled samples as adapters take them: named columns of encoded clouds, and batches in a seeded order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Int64
from torch import Tensor
from torch.utils.data import Sampler

from pointclip2.data.prepare import stable_seed


@dataclass(frozen=True)
class Samples:
    """Holds columns by name, a row a sample, with their labels.

    The columns are ``views`` (samples, views, dim) unit CLIP features, ``shape`` (samples, width) Point-NN vectors,
    and ``points`` (samples, points, 3).

    With ``variants`` the rows are whole copies of the same examples, one copy after the other.
    """

    columns: Mapping[str, Tensor]
    labels: Int64[Tensor, " samples"]
    variants: int = 1

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def examples(self) -> int:
        """Return how many different samples there are, not counting copies."""
        return len(self.labels) // self.variants

    def take(self, names: Sequence[str]) -> tuple[Tensor, ...]:
        """Return the columns of these names, in their order."""
        return tuple(self.columns[name] for name in names)

    def to(self, device: torch.device | str) -> "Samples":
        """Return the same samples on another device."""
        columns = {name: column.to(device) for name, column in self.columns.items()}
        return Samples(columns, self.labels.to(device), self.variants)


def joined(parts: Sequence[Samples]) -> Samples:
    """Join copies of the same examples as the variants of one set.

    Raises:
        ValueError: a part has other labels or columns than the first.
    """
    first = parts[0]
    for part in parts[1:]:
        if part.columns.keys() != first.columns.keys() or not torch.equal(part.labels, first.labels):
            raise ValueError("copies of other examples")
    columns = {name: torch.cat([part.columns[name] for part in parts]) for name in first.columns}
    return Samples(columns, torch.cat([part.labels for part in parts]), len(parts))


class Batches(Sampler[list[int]]):
    """Gives the rows of each batch of an epoch: every example once, each in a copy drawn for this epoch.

    Seed and epoch decide everything, so a training that was killed continues exactly where it stopped. A last
    batch of one joins the batch before it: a batch norm cannot learn from one row.
    """

    def __init__(self, examples: int, variants: int, size: int, seed: int) -> None:
        self.examples = examples
        self.variants = variants
        self.size = size
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the order of the next epoch; Lightning calls this before every epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        whole, rest = divmod(self.examples, self.size)
        return whole + (rest > 1 or (rest == 1 and whole == 0))

    def __iter__(self) -> Iterator[list[int]]:
        generator = torch.Generator().manual_seed(stable_seed(f"{self.seed}/batches/{self.epoch}") >> 1)
        order = torch.randperm(self.examples, generator=generator)
        variant = torch.randint(self.variants, (self.examples,), generator=generator)
        rows = (variant * self.examples + order).tolist()
        count = len(self)
        for batch in range(count):
            end = len(rows) if batch == count - 1 else (batch + 1) * self.size
            yield rows[batch * self.size : end]
