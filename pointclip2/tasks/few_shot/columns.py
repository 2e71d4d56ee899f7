"""The columns that an adapter reads, of a split's samples: encoded once and cached, or read as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Int64
from torch import Tensor

from pointclip2.cache import FeatureTable, feature_key
from pointclip2.data.dataset import CloudDataset
from pointclip2.heads.adapters import Adapter, Samples
from pointclip2.heads.adapters.samples import joined
from pointclip2.tasks.classification.pipeline import ClassifyPipeline
from pointclip2.tasks.encode import ShapeEncodeTask
from pointclip2.tasks.run_parts import Job
from pointclip2.types import CloudError, DataError


@dataclass(frozen=True)
class Encoded:
    """Samples that could be read, where they stand in their split, and who could not."""

    samples: Samples
    index: Int64[Tensor, " samples"]
    skipped: Mapping[str, str]


def encode(
    job: Job, dataset: CloudDataset, pipeline: ClassifyPipeline, adapter: Adapter, names: Sequence[str]
) -> Encoded:
    """The named columns of every sample that all of them could be made of; see `Samples`.

    Raises:
        DataError: no sample could be read.
    """
    tables = {name: _table(job, dataset, pipeline, adapter, name) for name in dict.fromkeys(names)}
    readable = set.intersection(*(set(table.index.tolist()) for table in tables.values()))
    index = torch.tensor(sorted(readable), dtype=torch.int64)
    columns = {}
    for name, table in tables.items():
        rows = torch.isin(table.index, index)
        columns[name] = table.features[rows].squeeze(1) if name == "shape" else table.features[rows]
    labels = torch.tensor(list(dataset.labels), dtype=torch.int64)[index]
    skipped = {name: reason for table in tables.values() for name, reason in table.skipped.items()}
    return Encoded(Samples(columns, labels), index, skipped)


def encode_variants(
    job: Job,
    variants: Sequence[CloudDataset],
    pipeline: ClassifyPipeline,
    adapter: Adapter,
    names: Sequence[str],
) -> Encoded:
    """Copies of the same samples side by side; a sample that is unreadable in one copy is left out of all."""
    parts = [encode(job, variant, pipeline, adapter, names) for variant in variants]
    common = set.intersection(*(set(part.index.tolist()) for part in parts))
    index = torch.tensor(sorted(common), dtype=torch.int64)
    kept = []
    for part in parts:
        rows = torch.isin(part.index, index)
        columns = {name: column[rows] for name, column in part.samples.columns.items()}
        kept.append(Samples(columns, part.samples.labels[rows]))
    return Encoded(joined(kept), index, parts[0].skipped)


def concatenated(parts: Sequence[Encoded]) -> Samples:
    """One set of several sets with as many variants each, its rows again one whole copy after the other."""
    variants = parts[0].samples.variants
    names = parts[0].samples.columns.keys()
    sets = [part.samples for part in parts]

    def woven(tensors: Sequence[Tensor]) -> Tensor:
        cut = [tensor.chunk(variants) for tensor in tensors]
        return torch.cat([piece[copy] for copy in range(variants) for piece in cut])

    columns = {name: woven([one.columns[name] for one in sets]) for name in names}
    return Samples(columns, woven([one.labels for one in sets]), variants)


def _table(
    job: Job, dataset: CloudDataset, pipeline: ClassifyPipeline, adapter: Adapter, name: str
) -> FeatureTable:
    if name == "views":
        return job.features(dataset, pipeline)
    if name == "shape":
        encoder = adapter.shape_encoder
        data = {"name": dataset.name, "split": dataset.split, "checksum": dataset.checksum}
        return job.encoded(dataset, feature_key(data, {}, encoder.describe()), ShapeEncodeTask(encoder))
    return _points(job, dataset)


def _points(job: Job, dataset: CloudDataset) -> FeatureTable:
    clouds, skipped = {}, {}
    with job.watch.stage("read"):
        for position in range(len(dataset)):
            try:
                clouds[position] = dataset[position].points
            except CloudError as error:
                skipped[dataset.names[position]] = str(error)
    if not clouds:
        raise DataError(f"{dataset.name}: none of {len(dataset)} samples could be read")
    return FeatureTable(torch.stack(list(clouds.values())), torch.tensor(list(clouds)), skipped)
