"""Few-shot classification: a few examples of every class, an adapter chosen on validation, one test."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from pointclip2.data.dataset import CloudData, CloudDataset, single_objects
from pointclip2.data.scene_dataset import SceneData
from pointclip2.data.shots import (
    AugmentedSplit,
    ShotSubset,
    blocks,
    check_shots,
    divided,
    draw_subset,
    named,
)
from pointclip2.encoders.dense import whole_clouds
from pointclip2.encoders.encoder import Encoder, text_of
from pointclip2.errors import ConfigError, DataError
from pointclip2.heads.adapters import Adapter, Samples
from pointclip2.heads.adapters.ensemble import FILE, Votes, combined, read_votes, weigh, write_votes
from pointclip2.heads.adapters.file import SavedAdapter, adapter_card, save_adapter
from pointclip2.heads.zero_shot import ZeroShotHead
from pointclip2.metrics.functional import accuracy, confusion_matrix, predicted_class
from pointclip2.tasks.classification.adapted import adapted_facts, finish, run_test, setting_of
from pointclip2.tasks.classification.samples import (
    EncodedSamples,
    concatenated,
    encode_samples,
    encode_variants,
)
from pointclip2.tasks.few_shot.module import FewShotModule
from pointclip2.tasks.few_shot.training import train_adapter
from pointclip2.tasks.record import learned, projector_options
from pointclip2.tasks.run import Run
from pointclip2.tasks.task import Finding
from pointclip2.text import PromptSet

log = logging.getLogger(__name__)

ADAPTER, SUBSET = "adapter.safetensors", "subset.json"


@dataclass(frozen=True)
class Splits:
    """The parts of a data set, and which of their samples are used."""

    train: CloudDataset
    validation: CloudDataset | None
    test: CloudDataset
    subset: ShotSubset


class FewShot:
    """Trains an adapter on a few examples a class, chooses it on validation, and tests it once.

    Args:
        data: the clouds, and which split of them is tested.
        encoder: clouds to vectors.
        prompt: names to sentences.
        adapter: what learns.
        shots: examples a class, a number or ``all``.
        ensemble: folders of finished few-shot runs, or files, whose logits are added.
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
        data: CloudData | SceneData,
        encoder: Encoder,
        prompt: Callable[..., PromptSet],
        adapter: Adapter | SavedAdapter,
        shots: int | str = 16,
        ensemble: Sequence[str] = (),
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
        if not isinstance(adapter, Adapter):
            raise ConfigError("train.py trains an adapter: adapter=inter_view, or another of conf/adapter")
        if isinstance(ensemble, str):
            raise ConfigError(f"ensemble={ensemble}: give a list, ensemble=[outputs/runs/...]")
        self.data, self.encoder = single_objects(data), whole_clouds(encoder)
        self.prompt, self.adapter = prompt, adapter
        self.shots = check_shots(shots)
        self.ensemble = [Path(str(path)).expanduser() for path in ensemble or ()]
        self.validation_share = validation_share
        self.subset = None if subset is None else Path(subset).expanduser()
        self.copies = copies
        self.scale = (float(scale[0]), float(scale[1]))
        self.shift = shift

    def run(self, run: Run) -> Finding:
        """Draw, encode, learn, choose, save, and test once."""
        encoder, adapter = self.encoder, self.adapter
        with run.watch.stage("load"):
            splits = self._splits(run)
            run.keep(SUBSET, lambda folder: splits.subset.write(folder / SUBSET))
            prompts = self.prompt(splits.test.classes)
        with run.watch.stage("text"):
            text = None if encoder.text is None else run.class_vectors(encoder, prompts)
        shots = self._shots(run, splits)
        validation = None
        if splits.validation is not None:
            validation = encode_samples(run, splits.validation, encoder, adapter, adapter.reads)
        # Encoded now, looked at last: where several processes encode, all of them have begun before one learns.
        reads = adapter.reads if text is None else (*adapter.reads, "views")
        test = encode_samples(run, splits.test, encoder, adapter, reads)
        # Here again: how much was drawn so far depends on what was cached.
        torch.manual_seed(run.seed)
        views = shots.columns.get("views")
        width = 0 if views is None else views.shape[-1]  # an adapter that reads other columns needs none
        adapter.begin(setting_of(encoder, text, splits.test.classes, width))
        trained = train_adapter(
            run, adapter, splits.subset, shots, validation.samples if validation else None
        )
        made = self._made(run, splits, prompts, shots, trained.facts)
        card = adapter_card(adapter, learned(encoder), made)
        run.keep(ADAPTER, lambda folder: save_adapter(folder / ADAPTER, adapter, learned(encoder), made))

        # The first look at a test label.
        run_test(run, trained.trainer, trained.module, test)
        record = adapted_facts(run, splits.test, encoder, prompts, test, card)
        record["metrics"] = dict(trained.module.results)
        if record["metrics"] and text is not None:
            record["metrics"]["test/acc_zero_shot"] = zero_shot_accuracy(encoder, text, test.samples)
        if run.first:
            self._vote(run, trained.module, splits, validation, test, record)
        return finish(run, trained.trainer, trained.module, splits.test, encoder, record, test)

    def _splits(self, run: Run) -> Splits:
        data = self.data
        if data.split in ("train", "val"):
            raise ConfigError(
                f"data.split={data.split}: few-shot learns from train, chooses on val and is tested on another"
            )
        # A limit is for quick tests; the examples are counted by class.
        whole = data.unlimited()
        train, test = self._train_and_test(run, whole)
        val = whole.open("val") if "val" in data.splits else None
        if self.subset is not None:
            subset = ShotSubset.read(self.subset)
        else:
            subset = draw_subset(train, val, self.shots, run.seed, self.validation_share)
        validation = None
        if subset.validation:
            source = val if subset.validation_split == "val" and val is not None else train
            validation = named(source, subset.validation, "the validation part")
        return Splits(train, validation, test, subset)

    def _train_and_test(self, run: Run, whole: CloudData) -> tuple[CloudDataset, CloudDataset]:
        """The split that is learned from, and the one that is tested; halves of the only one where there are no two."""
        data = self.data
        if "train" in data.splits:
            return whole.open("train"), data.open(data.split)
        if data.splits != (data.split,):
            raise DataError(
                f"{data.name} has no split train, only {', '.join(data.splits)}: few-shot learns from train"
            )
        train, test = divided(whole.open(data.split), run.seed)
        if len(test) == 0:
            raise DataError(f"{data.name}: every class has a single example, so that none is left to test on")
        log.warning(
            "%s has no split train: half of every class, by seed %d, is learned from (%d), the rest tested (%d)",
            data.name,
            run.seed,
            len(train),
            len(test),
        )
        limited = set(data.open(data.split).names)
        tested = [name for name in test.names if name in limited]
        return train, test if len(tested) == len(test) else named(test, tested, "data.limit")

    def _shots(self, run: Run, splits: Splits) -> Samples:
        adapter = self.adapter
        copies = self.copies if adapter.takes_copies else 0
        parts = []
        for names in blocks(splits.subset):
            chosen = named(splits.train, names, str(self.subset or "the subset"))
            variants: list[CloudDataset] = [chosen]
            variants += [
                AugmentedSplit(chosen, number, splits.subset.seed, self.scale, self.shift)
                for number in range(copies)
            ]
            parts.append(encode_variants(run, variants, self.encoder, adapter, adapter.reads))
        shots = concatenated(parts)
        present = set(shots.labels.tolist())
        gone = [name for label, name in enumerate(splits.train.classes) if label not in present]
        if gone:
            raise DataError(f"{splits.train.name}: none of the examples of {', '.join(gone)} can be read")
        return shots

    def _made(
        self, run: Run, splits: Splits, prompts: PromptSet, shots: Samples, trained: Mapping[str, Any]
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
            "option": run.provenance.choices.get("adapter"),
            "prompt": {"name": prompts.name, "hash": prompts.hash},
            "projector": projector_options(run, self.encoder),
            **trained,
        }

    def _vote(
        self,
        run: Run,
        module: FewShotModule,
        splits: Splits,
        validation: EncodedSamples | None,
        test: EncodedSamples,
        record: dict[str, Any],
    ) -> None:
        """Keep this run's logits, and add those of others."""
        assert module.predictions is not None
        classes = splits.test.classes
        if validation is None or splits.validation is None:
            if self.ensemble:
                raise ConfigError("ensemble: its weights are chosen on validation, and here is none")
            return
        own = Votes(
            "this run",
            self.adapter.logits(validation.samples).log_softmax(dim=1),
            module.predictions.probability.clamp(min=1e-30).log(),
        )
        names = {
            "validation": [splits.validation.names[row] for row in validation.index.tolist()],
            "test": [splits.test.names[row] for row in module.predictions.index.tolist()],
        }
        run.keep(FILE, lambda folder: write_votes(folder / FILE, own, classes, names))
        if not self.ensemble:
            return
        others = [read_votes(path, classes, names) for path in self.ensemble]
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


def zero_shot_accuracy(encoder: Encoder, text: Tensor, test: Samples) -> float:
    """Return what the texts alone would have found on the same clouds, every view alike."""
    with torch.no_grad():
        logits, _ = ZeroShotHead(text.cpu(), text_of(encoder).logit_scale).scores(test.columns["views"])
    return _accuracy(logits, test.labels)


def _accuracy(logits: torch.Tensor, labels: torch.Tensor) -> float:
    return float(accuracy(confusion_matrix(predicted_class(logits), labels, logits.shape[1])))
