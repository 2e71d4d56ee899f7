"""Few-shot classification: a few examples of every class, an adapter chosen on validation, one test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from hydra.core.hydra_config import HydraConfig
from omegaconf import OmegaConf

from pointclip2.app.compose import build
from pointclip2.data.dataset import CloudData, CloudDataset
from pointclip2.data.shots import (
    AugmentedSplit,
    ShotSubset,
    blocks,
    check_shots,
    draw_subset,
    named,
)
from pointclip2.heads.adapters import Adapter, Samples
from pointclip2.heads.adapters.ensemble import FILE, Votes, combined, read_votes, weigh, write_votes
from pointclip2.heads.adapters.file import save_adapter
from pointclip2.heads.view_weights import UniformWeights
from pointclip2.metrics.functional import accuracy, confusion_matrix, predicted_class
from pointclip2.tasks.classification.pipeline import ClassifyPipeline
from pointclip2.tasks.few_shot.adapted import adapted_facts, finish, run_test, setting_of
from pointclip2.tasks.few_shot.columns import Encoded, concatenated, encode, encode_variants
from pointclip2.tasks.few_shot.module import FewShotTask
from pointclip2.tasks.few_shot.training import train_adapter
from pointclip2.tasks.run_parts import Finding, Job, plain
from pointclip2.text import PromptSet
from pointclip2.types import ConfigError, DataError

ADAPTER, SUBSET = "adapter.safetensors", "subset.json"


@dataclass(frozen=True)
class Splits:
    """The parts of a data set, and which of their samples are used."""

    train: CloudDataset
    validation: CloudDataset | None
    test: CloudDataset
    subset: ShotSubset


class FewShot:
    """An adapter on ``data.shots`` examples a class.

    Args:
        validation_share: of every class of train, kept from the shots where the data set has no split ``val``.
        subset: a ``subset.json`` of an earlier run, to learn from the same examples.
        copies: of every example, scaled and shifted, each encoded once; 0 takes the examples as they are.
        scale: smallest and largest factor of an axis.
        shift: largest shift of an axis.
    """

    name = "few_shot"
    objective = "test/acc"

    def __init__(
        self,
        validation_share: float = 0.2,
        subset: str | None = None,
        copies: int = 0,
        scale: Sequence[float] = (2 / 3, 3 / 2),
        shift: float = 0.2,
    ) -> None:
        if copies < 0 or len(scale) != 2:
            raise ConfigError(
                f"task.copies={copies} must not be negative, task.scale={list(scale)} is two factors"
            )
        self.validation_share = validation_share
        self.subset = None if subset is None else Path(subset).expanduser()
        self.copies = copies
        self.scale = (float(scale[0]), float(scale[1]))
        self.shift = shift

    def run(self, job: Job) -> Finding:
        """Draw, encode, learn, choose, save, and test once."""
        cfg, watch = job.cfg, job.watch
        with watch.stage("load"):
            splits = self._splits(job)
            splits.subset.write(job.run_dir / SUBSET)
            adapter = build(cfg.adapter)
            if not isinstance(adapter, Adapter):
                raise ConfigError(
                    "train.py trains an adapter: adapter=inter_view, or another of conf/adapter"
                )
            backbone = job.backbone()
            projector: Any = build(cfg.projector)
            pipeline = ClassifyPipeline(projector, backbone)
            uniform: Any = UniformWeights().resolve(splits.test.name, backbone.id, projector.rig.views)
            pipeline.weights = uniform
            prompts: PromptSet = build(cfg.prompt)(splits.test.classes)
        with watch.stage("text"):
            pipeline.text = job.text(backbone, prompts)
        # Here again: how much was drawn so far depends on what was cached.
        torch.manual_seed(int(cfg.seed))
        adapter.begin(setting_of(pipeline, tuple(splits.test.classes)))

        shots = self._shots(job, splits, pipeline, adapter)
        validation = self._validation(job, splits, pipeline, adapter)
        trained = train_adapter(job, adapter, splits, shots, validation.samples if validation else None)
        made = self._made(job, splits, pipeline, prompts, shots, trained.facts)
        card = save_adapter(job.run_dir / ADAPTER, adapter, pipeline.backbone.describe(), made)

        # The first look at a test label.
        test = encode(job, splits.test, pipeline, adapter, (*adapter.reads, "views"))
        run_test(job, trained.trainer, trained.task, test)
        record = adapted_facts(job, splits.test, pipeline, prompts, test, card)
        record["metrics"] = dict(trained.task.results)
        if record["metrics"]:
            record["metrics"]["test/acc_zero_shot"] = zero_shot_accuracy(pipeline, test.samples)
        if trained.trainer.is_global_zero:
            self._vote(job, trained.task, splits, validation, test, record)
        return finish(job, trained.trainer, trained.task, splits.test, pipeline, record, test)

    def _splits(self, job: Job) -> Splits:
        options = {name: value for name, value in plain(job.cfg.data).items() if name != "shots"}
        shots = check_shots(job.cfg.data.get("shots"))
        data: CloudData = build(options)
        split = str(options.get("split", "test"))
        if "train" not in data.splits:
            raise DataError(
                f"{data.name} has no split train, only {', '.join(data.splits)}: few-shot learns from train"
                + ("; put the files into folders train and test" if data.name == "folder" else "")
            )
        if split in ("train", "val"):
            raise ConfigError(
                f"data.split={split}: few-shot learns from train, chooses on val and is tested on another"
            )
        # A limit is for quick tests; the examples are counted by class.
        whole: CloudData = build({**options, **({"limit": None} if "limit" in options else {})})
        train = whole.open("train")
        val = whole.open("val") if "val" in data.splits else None
        if self.subset is not None:
            subset = ShotSubset.read(self.subset)
        else:
            subset = draw_subset(train, val, shots, int(job.cfg.seed), self.validation_share)
        validation = None
        if subset.validation:
            source = val if subset.validation_split == "val" and val is not None else train
            validation = named(source, subset.validation, "the validation part")
        return Splits(train, validation, data.open(split), subset)

    def _shots(self, job: Job, splits: Splits, pipeline: ClassifyPipeline, adapter: Adapter) -> Samples:
        copies = self.copies if adapter.takes_copies else 0
        parts = []
        for names in blocks(splits.subset):
            chosen = named(splits.train, names, str(self.subset or "the subset"))
            variants: list[CloudDataset] = [chosen]
            variants += [
                AugmentedSplit(chosen, number, splits.subset.seed, self.scale, self.shift)
                for number in range(copies)
            ]
            parts.append(encode_variants(job, variants, pipeline, adapter, adapter.reads))
        shots = concatenated(parts)
        present = set(shots.labels.tolist())
        gone = [name for label, name in enumerate(splits.train.classes) if label not in present]
        if gone:
            raise DataError(f"{splits.train.name}: none of the examples of {', '.join(gone)} can be read")
        return shots

    def _validation(
        self, job: Job, splits: Splits, pipeline: ClassifyPipeline, adapter: Adapter
    ) -> Encoded | None:
        if splits.validation is None:
            return None
        return encode(job, splits.validation, pipeline, adapter, adapter.reads)

    def _made(
        self,
        job: Job,
        splits: Splits,
        pipeline: ClassifyPipeline,
        prompts: PromptSet,
        shots: Samples,
        trained: Mapping[str, Any],
    ) -> dict[str, Any]:
        subset = splits.subset
        return {
            "data": {"name": splits.train.name, "checksum": splits.train.checksum},
            "shots": subset.shots,
            "seed": subset.seed,
            "examples": shots.examples,
            "copies": shots.variants - 1,
            "validation": len(subset.validation),
            "validation_split": subset.validation_split,
            "selected_on": "holdout" if subset.validation else "train",
            "option": _option(),
            "prompt": {"name": prompts.name, "hash": prompts.hash},
            "projector": plain(job.cfg.projector),
            **trained,
        }

    def _vote(
        self,
        job: Job,
        task: FewShotTask,
        splits: Splits,
        validation: Encoded | None,
        test: Encoded,
        record: dict[str, Any],
    ) -> None:
        """Keep this run's logits, and add those of others."""
        assert task.predictions is not None
        classes = splits.test.classes
        if validation is None or splits.validation is None:
            if job.cfg.ensemble:
                raise ConfigError("ensemble: its weights are chosen on validation, and here is none")
            return
        own = Votes(
            "this run",
            task.adapter.logits(validation.samples).log_softmax(dim=1),
            task.predictions.probability.clamp(min=1e-30).log(),
        )
        names = {
            "validation": [splits.validation.names[row] for row in validation.index.tolist()],
            "test": [splits.test.names[row] for row in task.predictions.index.tolist()],
        }
        write_votes(job.run_dir / FILE, own, classes, names)
        paths = OmegaConf.to_container(job.cfg.ensemble, resolve=True)
        if not paths:
            return
        if not isinstance(paths, list):
            raise ConfigError(f"ensemble={paths}: give a list, ensemble=[outputs/runs/...]")
        others = [read_votes(Path(str(path)).expanduser(), classes, names) for path in paths]
        weights = weigh(own.validation, [one.validation for one in others], validation.samples.labels)
        total = combined(own.test, [one.test for one in others], weights)
        record["ensemble"] = {
            "members": [
                {"source": one.source, "weight": weight, "acc": _accuracy(one.test, test.samples.labels)}
                for one, weight in zip(others, weights, strict=True)
            ],
            "selected_on": "holdout",
        }
        record["metrics"]["test/acc_ensemble"] = _accuracy(total, test.samples.labels)


def _option() -> str | None:
    """What was typed after ``adapter=``: two options may share a kind of adapter."""
    return HydraConfig.get().runtime.choices.get("adapter") if HydraConfig.initialized() else None


def zero_shot_accuracy(pipeline: ClassifyPipeline, test: Samples) -> float:
    """What the texts alone would have found on the same clouds, every view alike."""
    pipeline.cpu()
    with torch.no_grad():
        logits, _ = pipeline.scores(test.columns["views"])
    return _accuracy(logits, test.labels)


def _accuracy(logits: torch.Tensor, labels: torch.Tensor) -> float:
    return float(accuracy(confusion_matrix(predicted_class(logits), labels, logits.shape[1])))
