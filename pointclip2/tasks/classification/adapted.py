"""Testing an adapter: the same for the run that trained it and for ``evaluate.py adapter.checkpoint=FILE``."""

from collections.abc import Mapping, Sequence
from typing import Any

from lightning import Trainer
from torch import Tensor

from pointclip2.data.dataset import CloudDataset
from pointclip2.encoders.encoder import Encoder
from pointclip2.heads.adapters import Adapter, Setting
from pointclip2.heads.adapters.file import AdapterCard
from pointclip2.show.exhibit import ConfusionCounts
from pointclip2.tasks.classification.module import ClassificationModule, ColumnData
from pointclip2.tasks.classification.report import draw, facts, said, sentence
from pointclip2.tasks.classification.samples import EncodedSamples, encode_samples
from pointclip2.tasks.record import quoted
from pointclip2.tasks.run import Run
from pointclip2.tasks.task import Finding
from pointclip2.text import PromptSet
from pointclip2.types import weakest_selection


def setting_of(
    encoder: Encoder, text: Tensor | None, classes: Sequence[str], width: int | None = None
) -> Setting:
    """Return what an adapter meets behind this encoder."""
    return Setting(
        classes=tuple(classes),
        text=None if text is None else text.cpu(),
        views=encoder.tokens,
        logit_scale=100.0 if encoder.text is None else encoder.text.logit_scale,
        encoder=encoder,
        width=width,
    )


def test_adapter(
    run: Run,
    dataset: CloudDataset,
    encoder: Encoder,
    prompts: PromptSet,
    adapter: Adapter,
    card: AdapterCard,
) -> Finding:
    """Encode or reuse what an adapter reads, and measure it on the split."""
    encoded = encode_samples(run, dataset, encoder, adapter, adapter.reads)
    module = ClassificationModule(adapter, dataset.classes)
    trainer = run.trainers(progress=False, loggers=True)
    run_test(run, trainer, module, encoded)
    record = adapted_facts(run, dataset, encoder, prompts, encoded, card)
    record["metrics"] = module.results
    return finish(run, trainer, module, dataset, encoder, record, encoded)


def run_test(run: Run, trainer: Trainer, module: ClassificationModule, encoded: EncodedSamples) -> None:
    """Take every sample once through the adapter."""
    adapter, samples = module.head, encoded.samples
    assert isinstance(adapter, Adapter)
    data = ColumnData(samples.take(adapter.reads), samples.labels, encoded.index, adapter.batch)
    with run.watch.stage("test"):
        trainer.test(module, data, verbose=False)
    module.cpu()


def adapted_facts(
    run: Run,
    dataset: CloudDataset,
    encoder: Encoder,
    prompts: PromptSet,
    encoded: EncodedSamples,
    card: AdapterCard,
) -> dict[str, Any]:
    """Return where the numbers come from: as for zero-shot, and what the adapter learned from."""
    record = facts(run, dataset, encoder, prompts, encoded)
    made = card.made
    selected_on = str(made.get("selected_on", "unknown"))
    record["task"] = "few_shot"
    record["protocol"] = (
        f"few-shot classification, {card.adapter} on {made.get('shots', '?')} examples a class, "
        f"chosen on {selected_on}"
    )
    # The views' weights are inside the adapter.
    record["view_weights"] = {"values": None, "source": "the adapter's", "selected_on": selected_on}
    record["selected_on"] = weakest_selection(selected_on, prompts.selected_on)
    record["adapter"] = {
        "name": card.adapter,
        "options": dict(card.options),
        "pointclip2": card.pointclip2,
        **made,
    }
    _note_differences(record, prompts)
    return record


def _note_differences(record: dict[str, Any], prompts: PromptSet) -> None:
    """Another prompt or projector than in training is allowed, and said."""
    made: Mapping[str, Any] = record["adapter"]
    other = []
    if "prompt" in made and made["prompt"]["hash"] != prompts.hash:
        other.append(f"the prompt {made['prompt']['name']}")
    if "projector" in made and _named(made["projector"]) != _named(record.get("projector")):
        other.append("another projector")
    if other:
        record["adapter"]["differs"] = f"it was trained with {' and '.join(other)}"


def _named(options: Any) -> Any:
    """Return options with classes by their bare names: where a class lies decides nothing."""
    if not isinstance(options, Mapping):
        return options
    return {
        key: str(value).rpartition(".")[2] if key == "_target_" else _named(value)
        for key, value in options.items()
    }


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
    lines += quoted(record, names)
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
    run: Run,
    trainer: Trainer,
    module: ClassificationModule,
    dataset: CloudDataset,
    encoder: Encoder,
    record: dict[str, Any],
    encoded: EncodedSamples,
) -> Finding:
    """Draw and write down what a tested adapter said."""
    assert module.predictions is not None
    confusion = module.metrics.confusion.cpu()
    gallery = []
    if run.first:
        with run.watch.stage("draw"):
            gallery = draw(run, record, dataset, encoder, None, None, module.predictions, confusion)
    made = record["adapter"]
    return Finding(
        metrics=record["metrics"],
        record=record,
        title=f"{made.get('shots', '?')}-shot classification of {dataset.name} "
        f"({dataset.split}, {len(encoded.index)} clouds), {made['name']}",
        rows=adapted_rows(record),
        sentence=adapted_sentence(record),
        skipped=encoded.skipped,
        predictions=module.predictions,
        said=said(dataset, module.predictions),
        gallery=gallery,
        confusion=ConfusionCounts(confusion.numpy(), tuple(dataset.classes), "clouds")
        if record["metrics"]
        else None,
        projector=getattr(encoder, "projector", None),
        loggers=trainer.loggers,
    )
