"""A task: whether the cloud that looks most like a cloud is of its class."""

import torch
from torch.nn import functional as F

from pointclip2.data.dataset import CloudData
from pointclip2.encoders.encoder import Encoder
from pointclip2.tasks.record import data_facts, encoder_facts, origin_facts
from pointclip2.tasks.run import Run
from pointclip2.tasks.task import Finding


class Neighbours:
    """Finds every cloud's nearest other cloud; no sentence and no training are needed."""

    name = "neighbours"
    objective = "test/acc_nearest"

    def __init__(self, data: CloudData, encoder: Encoder) -> None:
        self.data = data
        self.encoder = encoder

    def run(self, run: Run) -> Finding:
        """Encode or reuse features, and compare them with one another."""
        dataset = self.data.evaluated()
        table = run.encode(dataset, self.encoder).loaded()
        rows = F.normalize(table.features.flatten(1), dim=1)
        nearest = (rows @ rows.T).fill_diagonal_(-torch.inf).argmax(dim=1)
        labels = torch.tensor(dataset.labels)[table.index]
        metrics = {self.objective: float((labels[nearest] == labels).double().mean())}
        record = {
            "protocol": "nearest other cloud, no labels used",
            "task": self.name,
            "data": data_facts(dataset, len(labels), len(labels), table.skipped),
            **encoder_facts(run, self.encoder),
            **origin_facts(run, "none"),
            "metrics": metrics,
        }
        return Finding(
            metrics=metrics,
            record=record,
            title=f"nearest clouds of {dataset.name}",
            rows=[("nearest is of the same class", f"{100 * metrics[self.objective]:.1f}")],
            sentence=f"{len(labels)} clouds of {dataset.name} ({dataset.split}), {self.encoder.id}.",
            skipped=table.skipped,
        )
