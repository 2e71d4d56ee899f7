"""Zero-shot classification: features once, prompts and view weights on them, tables and pictures."""

from collections.abc import Callable

from pointclip2.data.dataset import CloudData, single_objects
from pointclip2.data.scene_dataset import SceneData
from pointclip2.encoders.dense import whole_clouds
from pointclip2.encoders.encoder import Encoder, text_of
from pointclip2.heads.adapters import Adapter
from pointclip2.heads.adapters.file import SavedAdapter, saved_adapter
from pointclip2.heads.search.prompts import NoSearch
from pointclip2.heads.search.task import Search
from pointclip2.heads.view_weights import UniformWeights, ViewWeightSource
from pointclip2.heads.zero_shot import ZeroShotHead
from pointclip2.show.exhibit import ConfusionCounts
from pointclip2.tasks.classification.adapted import setting_of, test_adapter
from pointclip2.tasks.classification.module import ClassificationModule, ColumnData
from pointclip2.tasks.classification.rejecting import Rejecting, judged
from pointclip2.tasks.classification.report import draw, facts, per_view, rows, said, sentence
from pointclip2.tasks.classification.searching import planned_search, search_classification
from pointclip2.tasks.record import learned
from pointclip2.tasks.run import Run
from pointclip2.tasks.task import Finding
from pointclip2.text import PromptSet


class Classification:
    """Gives every cloud one name.

    Args:
        data: the clouds, and which split of them is evaluated.
        encoder: clouds to vectors.
        prompt: names to sentences.
        view_weights: how much each view counts.
        search: what is looked for before the evaluation: weights, sentences, or nothing.
        adapter: a trained adapter to test instead.
        refused: the share of held-out known things that may be called none of the names; None asks for no refusals.
        reference_shapes: of a class, that refusals are calibrated on; None: the shipped ones, or as many as is usual.
    """

    name = "classification"
    objective = "test/acc"

    def __init__(
        self,
        data: CloudData | SceneData,
        encoder: Encoder,
        prompt: Callable[..., PromptSet],
        view_weights: ViewWeightSource | None = None,
        search: Search | NoSearch | None = None,
        adapter: SavedAdapter | Adapter | None = None,
        refused: float | None = None,
        reference_shapes: int | None = None,
    ) -> None:
        self.data = single_objects(data)
        self.encoder = whole_clouds(encoder)
        self.prompt = prompt
        self.view_weights = view_weights or UniformWeights()
        self.search = search or NoSearch()
        self.adapter = saved_adapter(adapter or SavedAdapter())
        self.rejecting = None if refused is None else Rejecting(refused, reference_shapes)

    def run(self, run: Run) -> Finding:
        """Encode or reuse features, fuse them under the weights, and measure."""
        encoder = self.encoder
        with run.watch.stage("load"):
            dataset = self.data.evaluated()
            prompts = self.prompt(dataset.classes)
            plan = planned_search(self.search, self.data, dataset)
        weights = self.view_weights.resolve(dataset.name, encoder.id, encoder.tokens)
        with run.watch.stage("text"):
            text = None if encoder.text is None else run.class_vectors(encoder, prompts)
        saved = self.adapter.open(setting_of(encoder, text, dataset.classes), learned(encoder))
        if saved is not None:
            return test_adapter(run, dataset, encoder, prompts, *saved)

        scale = text_of(encoder).logit_scale
        assert text is not None
        head = ZeroShotHead(text, scale, weights)
        table = run.encode(dataset, encoder).loaded()
        searched = None
        if plan is not None:
            prompts, searched = search_classification(
                run, *plan, self.data, dataset, table, encoder, head, prompts
            )
        module = ClassificationModule(head, tuple(dataset.classes))
        with run.watch.stage("fuse"):
            trainer = run.trainers(progress=False, loggers=True)
            trainer.test(module, ColumnData.of(table, dataset.labels), verbose=False)
        assert module.predictions is not None
        record = facts(run, dataset, encoder, prompts, table, head.weights)
        if searched is not None:
            record["search"] = searched
        record["per_view"] = per_view(head, table, dataset.labels)
        judgement, metrics = None, dict(module.results)
        if self.rejecting is not None:
            with run.watch.stage("reject"):
                rejection = self.rejecting.fitted(run, head, dataset.classes, encoder)
                judgement, record["rejection"], figures = judged(rejection, table, dataset)
            metrics |= figures
            for logger in trainer.loggers:
                logger.log_metrics(figures, step=0)
        record["metrics"] = metrics
        confusion = module.metrics.confusion.cpu()
        gallery = []
        if run.first:
            with run.watch.stage("draw"):
                gallery = draw(
                    run, record, dataset, encoder, head, table, module.predictions, confusion, judgement
                )
        return Finding(
            metrics=metrics,
            record=record,
            title=f"zero-shot classification of {dataset.name} ({dataset.split}, {len(table.index)} clouds)",
            rows=rows(record),
            sentence=sentence(record),
            skipped=table.skipped,
            predictions=module.predictions,
            said=said(dataset, module.predictions),
            gallery=gallery,
            confusion=ConfusionCounts(confusion.numpy(), tuple(dataset.classes), "clouds")
            if module.results
            else None,
            projector=getattr(encoder, "projector", None),
            loggers=trainer.loggers,
        )
