"""Testing an adapter: the same for the run that trained it and for ``evaluate.py adapter.checkpoint=FILE``."""

from collections.abc import Mapping
from typing import Any

import torch
from lightning import Trainer

from pointclip2.app.compose import build
from pointclip2.cache import FeatureTable
from pointclip2.data.dataset import CloudDataset
from pointclip2.heads.adapters import Adapter, Setting
from pointclip2.heads.adapters.file import AdapterCard, saved_adapter
from pointclip2.show.exhibit import ConfusionCounts
from pointclip2.tasks.classification.pipeline import ClassifyPipeline
from pointclip2.tasks.classification.report import draw, facts, sentence
from pointclip2.tasks.few_shot.columns import Encoded, encode
from pointclip2.tasks.few_shot.module import FewShotDataModule, FewShotTask
from pointclip2.tasks.run_parts import Finding, Job, plain
from pointclip2.text import PromptSet
from pointclip2.types import weakest_selection


def setting_of(pipeline: ClassifyPipeline, classes: tuple[str, ...]) -> Setting:
    """What an adapter meets in this pipeline."""
    projector: Any = pipeline.projector
    return Setting(
        classes=classes,
        text=pipeline.text.cpu(),
        views=projector.rig.views,
        logit_scale=pipeline.backbone.logit_scale,
        projector=pipeline.projector,
        backbone=pipeline.backbone,
    )


def open_saved(
    job: Job, pipeline: ClassifyPipeline, classes: tuple[str, ...]
) -> tuple[Adapter, AdapterCard] | None:
    """The trained adapter that the options name, or None.

    Raises:
        WeightsError: it does not belong here.
        ConfigError: the option names an adapter that has still to be trained.
    """
    if job.cfg.get("adapter") is None:
        return None
    option = saved_adapter(build(job.cfg.adapter))
    return option.open(setting_of(pipeline, classes), pipeline.backbone.describe())


def evaluate_adapter(
    job: Job,
    dataset: CloudDataset,
    pipeline: ClassifyPipeline,
    prompts: PromptSet,
    adapter: Adapter,
    card: AdapterCard,
) -> Finding:
    """Encode or reuse what the adapter reads, and measure it on the split."""
    encoded = encode(job, dataset, pipeline, adapter, adapter.reads)
    task = FewShotTask(adapter, dataset.classes)
    trainer = job.trainer(progress=False, loggers=True)
    run_test(job, trainer, task, encoded)
    record = adapted_facts(job, dataset, pipeline, prompts, encoded, card)
    record["metrics"] = task.results
    return finish(job, trainer, task, dataset, pipeline, record, encoded)


def run_test(job: Job, trainer: Trainer, task: FewShotTask, encoded: Encoded) -> None:
    """Every sample once through the adapter."""
    module = FewShotDataModule(task.adapter, test=encoded.samples, test_index=encoded.index)
    with job.watch.stage("test"):
        trainer.test(task, module, verbose=False)
    task.cpu()


def adapted_facts(
    job: Job,
    dataset: CloudDataset,
    pipeline: ClassifyPipeline,
    prompts: PromptSet,
    encoded: Encoded,
    card: AdapterCard,
) -> dict[str, Any]:
    """Where the numbers come from: as for zero-shot, and what the adapter learned from."""
    shown = FeatureTable(torch.zeros(len(encoded.index), 1, 1), encoded.index, encoded.skipped)
    record = facts(job.cfg, dataset, pipeline, prompts, shown)
    made = card.made
    selected_on = weakest_selection(str(made.get("selected_on", "unknown")), prompts.selected_on)
    record["task"] = "few_shot"
    record["protocol"] = (
        f"few-shot classification, {card.adapter} on {made.get('shots', '?')} examples a class, "
        f"chosen on {made.get('selected_on', 'unknown')}"
    )
    # The views' weights are inside the adapter.
    record["view_weights"] = {
        "values": None,
        "source": "the adapter's",
        "selected_on": made.get("selected_on", "unknown"),
    }
    record["selected_on"] = selected_on
    record["adapter"] = {
        "name": card.adapter,
        "options": dict(card.options),
        "pointclip2": card.pointclip2,
        **made,
    }
    _note_differences(record, prompts, job)
    return record


def _note_differences(record: dict[str, Any], prompts: PromptSet, job: Job) -> None:
    """Another prompt or projector than in training is allowed, and said."""
    made: Mapping[str, Any] = record["adapter"]
    other = []
    if "prompt" in made and made["prompt"]["hash"] != prompts.hash:
        other.append(f"the prompt {made['prompt']['name']}")
    if "projector" in made and made["projector"] != plain(job.cfg.projector):
        other.append("another projector")
    if other:
        record["adapter"]["differs"] = f"it was trained with {' and '.join(other)}"


def adapted_rows(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Lines of the table in the console, in per cent."""
    metrics, made = record["metrics"], record["adapter"]
    names = {
        "test/acc": "top-1",
        "test/acc_top5": "top-5",
        "test/macc": "mean class accuracy",
        "test/acc_zero_shot": "top-1, zero-shot",
        "test/acc_ensemble": "top-1, ensemble",
    }
    lines = [(label, f"{100 * metrics[name]:.2f}") for name, label in names.items() if name in metrics]
    if not lines:
        lines = [("no labels: see predictions.csv", "")]
    for name, value in record["expect"].items():
        lines.append((f"{names.get(name, name)}, quoted", f"{100 * value:.2f}"))
    if made.get("validation_acc") is not None:
        lines.append(("top-1 on validation", f"{100 * made['validation_acc']:.2f}"))
    return lines


def adapted_sentence(record: Mapping[str, Any]) -> str:
    """One honest sentence about what was measured."""
    made = record["adapter"]
    data = made.get("data", {})
    learned = (
        f"{made['name']} learned from {made.get('examples', '?')} examples of {data.get('name', '?')} "
        f"({made.get('shots', '?')} a class, seed {made.get('seed', '?')}), {_chosen_on(made)}"
    )
    differs = f"; {made['differs']}" if "differs" in made else ""
    return f"{sentence(record)} {learned}{differs}."


def _chosen_on(made: Mapping[str, Any]) -> str:
    if made.get("selected_on") == "holdout":
        return f"chosen on {made.get('validation', '?')} others of {made.get('validation_split', '?')}, never on test"
    return "its last epoch taken, for there is no validation part"


def finish(
    job: Job,
    trainer: Trainer,
    task: FewShotTask,
    dataset: CloudDataset,
    pipeline: ClassifyPipeline,
    record: dict[str, Any],
    encoded: Encoded,
) -> Finding:
    """Pictures, predictions and lines of a tested adapter."""
    assert task.predictions is not None
    confusion = task.metrics.confusion.cpu()
    gallery = []
    if trainer.is_global_zero:
        with job.watch.stage("draw"):
            gallery = draw(
                job.run_dir, record, dataset, pipeline, None, task.predictions, confusion, job.cfg.pictures
            )
    made = record["adapter"]
    return Finding(
        metrics=record["metrics"],
        record=record,
        title=f"{made.get('shots', '?')}-shot classification of {dataset.name} "
        f"({dataset.split}, {len(encoded.index)} clouds), {made['name']}",
        rows=adapted_rows(record),
        sentence=adapted_sentence(record),
        skipped=encoded.skipped,
        predictions=task.predictions,
        gallery=gallery,
        confusion=ConfusionCounts(confusion.numpy(), tuple(dataset.classes), "clouds")
        if record["metrics"]
        else None,
        loggers=trainer.loggers,
    )
