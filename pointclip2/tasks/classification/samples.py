"""Labelled samples as adapters take them: every column that an adapter reads, encoded once and cached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Int64
from torch import Tensor

from pointclip2.cache.columns import Points
from pointclip2.data.dataset import CloudDataset
from pointclip2.encoders.encoder import Encoder
from pointclip2.heads.adapters import Adapter, Samples
from pointclip2.heads.adapters.samples import joined
from pointclip2.tasks.run import Run


@dataclass(frozen=True)
class EncodedSamples:
    """Samples that could be read, where they stand in their split, and who could not."""

    samples: Samples
    index: Int64[Tensor, " samples"]
    skipped: Mapping[str, str]


def encode_samples(
    run: Run, dataset: CloudDataset, encoder: Encoder, adapter: Adapter, names: Sequence[str]
) -> EncodedSamples:
    """Return the named columns of every sample that all of them could be made of; see `Samples`.

    ``views`` are the run's encoder's vectors, ``points`` the clouds themselves, and all others come from encoders that
    the adapter brings.

    Raises:
        DataError: no sample could be read.
    """
    columns: dict[str, Tensor] = {}
    places: dict[str, Tensor] = {}
    skipped: dict[str, str] = {}
    for name in dict.fromkeys(names):
        if name == "points":
            # As large as the clouds on disk: nothing is gained by keeping them.
            split = run.encode(dataset, encoder, Points(), replace(run.cache, root=None))
        else:
            split = run.encode(dataset, encoder if name == "views" else adapter.own_encoders[name])
        table = split.loaded()
        columns[name] = table.features if name in ("views", "points") else table.features.flatten(1)
        places[name] = table.index
        skipped |= dict(table.skipped)
    index = torch.tensor(sorted(set.intersection(*(set(own.tolist()) for own in places.values()))))
    index = index.to(torch.int64)
    if any(len(own) > len(index) for own in places.values()):
        columns = {name: column[torch.isin(places[name], index)] for name, column in columns.items()}
    labels = torch.tensor(list(dataset.labels), dtype=torch.int64)[index]
    return EncodedSamples(Samples(columns, labels), index, skipped)


def encode_variants(
    run: Run, variants: Sequence[CloudDataset], encoder: Encoder, adapter: Adapter, names: Sequence[str]
) -> EncodedSamples:
    """Return copies of the same samples side by side; one that is unreadable in one copy is left out of all."""
    parts = [encode_samples(run, variant, encoder, adapter, names) for variant in variants]
    common = set.intersection(*(set(part.index.tolist()) for part in parts))
    index = torch.tensor(sorted(common), dtype=torch.int64)
    kept = []
    for part in parts:
        rows = torch.isin(part.index, index)
        columns = {name: column[rows] for name, column in part.samples.columns.items()}
        kept.append(Samples(columns, part.samples.labels[rows]))
    return EncodedSamples(joined(kept), index, parts[0].skipped)


def concatenated(parts: Sequence[EncodedSamples]) -> Samples:
    """Return one set of several sets with as many variants each, its rows again one whole copy after the other."""
    variants = parts[0].samples.variants
    names = parts[0].samples.columns.keys()
    sets = [part.samples for part in parts]

    def woven(tensors: Sequence[Tensor]) -> Tensor:
        cut = [tensor.chunk(variants) for tensor in tensors]
        return torch.cat([piece[copy] for copy in range(variants) for piece in cut])

    columns = {name: woven([one.columns[name] for one in sets]) for name in names}
    return Samples(columns, woven([one.labels for one in sets]), variants)
