"""Zero-shot part segmentation: dense features once, part prompts and view weights on them, figures and clouds."""

from collections.abc import Callable, Sequence

from pointclip2.cache.columns import PackedCells
from pointclip2.data.dataset import CloudData, CloudDataset, single_objects
from pointclip2.data.part_table import PartTable
from pointclip2.data.scene_dataset import SceneData
from pointclip2.encoders.dense import DenseViewEncoder
from pointclip2.encoders.encoder import Encoder, text_of
from pointclip2.errors import ConfigError, DataError
from pointclip2.geometry.smoothing import Smoothing
from pointclip2.heads.parts import PartHead
from pointclip2.heads.search.part_prompts import PartPromptSearch
from pointclip2.heads.search.part_weights import PartWeightSearch
from pointclip2.heads.search.prompts import NoSearch
from pointclip2.heads.search.task import Search
from pointclip2.heads.view_weights import UniformWeights, ViewWeightSource
from pointclip2.tasks.classification.report import spread
from pointclip2.tasks.encoding import ShardData
from pointclip2.tasks.parts.categories import CATEGORY_SOURCES, categories_of
from pointclip2.tasks.parts.choice import PartChoices, choose_parts
from pointclip2.tasks.parts.gallery import CloudWriter
from pointclip2.tasks.parts.module import PartModule, PartPrediction
from pointclip2.tasks.parts.report import draw, facts, gallery, rows, said, sentence, title
from pointclip2.tasks.parts.searching import planned_part_search, search_parts
from pointclip2.tasks.run import Run
from pointclip2.tasks.task import Finding
from pointclip2.text import PromptSet

PLY = ("pictures", "all", "none")


class PartSegmentation:
    """Gives every point a part.

    Args:
        data: the clouds, and which split of them is evaluated.
        encoder: clouds to cells of views.
        prompt: names to sentences.
        view_weights: how much each view counts.
        smoothing: what becomes of fused logits on the cloud.
        search: what is looked for before the evaluation: weights, sentences, or nothing.
        category: of each sample: ``given`` by its label (the published protocol), ``predicted`` by zero-shot
            classification with the same prompts and weights, or a name that holds for all samples.
        parts: asked for: those of the sample's ``category``, of ``all`` categories, or a list of names.
        window: cells over which part maps are averaged before points are read; 1 is none.
        upsample: how points are read from a map, ``bilinear`` or ``nearest``.
        centre: how much of each part's mean over a cloud is taken off its logits, from 0 to 1.
        scramble: interleave channels and positions of the features as the released program does.
        cache_bits: of a number in the feature cache: 8, 6 or 4.
        ply: which clouds are written as coloured PLY: those of the ``pictures``, ``all`` or ``none``.

    Raises:
        ConfigError: an option has a value that cannot work.
    """

    name = "part_segmentation"
    objective = "test/miou_category"

    def __init__(
        self,
        data: CloudData | SceneData,
        encoder: Encoder,
        prompt: Callable[..., PromptSet],
        view_weights: ViewWeightSource | None = None,
        smoothing: Smoothing | None = None,
        search: PartWeightSearch | PartPromptSearch | Search | NoSearch | None = None,
        category: str = "given",
        parts: str | Sequence[str] = "category",
        window: int = 1,
        upsample: str = "bilinear",
        centre: float = 0.0,
        scramble: bool = False,
        cache_bits: int = 6,
        ply: str = "pictures",
    ) -> None:
        if not str(category).strip():
            raise ConfigError("task.category is blank: given, predicted, or a name")
        if ply not in PLY:
            raise ConfigError(f"task.ply={ply}: choose one of {', '.join(PLY)}")
        if not isinstance(encoder, DenseViewEncoder):
            raise ConfigError(
                f"encoder {encoder.id} says nothing about single points: part segmentation takes encoder=dense"
            )
        self.data, self.encoder, self.prompt = single_objects(data), encoder, prompt
        self.view_weights = view_weights or UniformWeights()
        self.smoothing = smoothing
        self.search = search or NoSearch()
        self.category = str(category)
        self.parts = parts if isinstance(parts, str) else [str(part) for part in parts]
        self.window = window
        self.upsample = upsample
        self.centre = centre
        self.scramble = scramble
        self.columns = PackedCells(cache_bits)
        self.ply = ply

    def run(self, run: Run) -> Finding:
        """Encode or reuse dense features, fuse them under the weights, and measure."""
        encoder = self.encoder
        with run.watch.stage("load"):
            dataset = self._open()
            plan = planned_part_search(self.search, self.data, dataset)
            head = PartHead(
                text_of(encoder).logit_scale,
                self.smoothing,
                self.window,
                self.upsample,
                self.centre,
                self.scramble,
                self.view_weights.resolve(dataset.name, encoder.id, encoder.tokens),
            )
        split = run.encode(dataset, encoder, self.columns)
        own_parts = not isinstance(self.parts, str)
        positions = split.index.tolist()
        categories = categories_of(
            run, dataset, self.category, encoder, head.weights, self.prompt, positions, own_parts
        )
        with run.watch.stage("text"):
            choices = self._choices(run, dataset, categories.of_sample)
        searched = None
        if plan is not None:
            choices, searched = search_parts(
                run, *plan, self.data, dataset, encoder, head, choices, self.columns
            )
        clouds = None if self.ply != "all" else _kept_clouds(run, dataset, choices)
        shown = spread(dataset.labels, positions, run.pictures) if run.pictures > 0 else []
        module = PartModule(head, dataset, choices, self.columns, shown, clouds)
        with run.watch.stage("fuse"):
            trainer = run.trainers(progress=False, loggers=True)
            trainer.test(module, ShardData(split.parts), verbose=False)
        record = facts(run, dataset, encoder, choices, split, module, categories, self.parts)
        if searched is not None:
            record["search"] = searched
        if run.first:
            with run.watch.stage("draw"):
                draw(run, record, dataset, choices, module, write_clouds=self.ply == "pictures")
        return Finding(
            metrics=module.results,
            record=record,
            title=title(record),
            rows=rows(record),
            sentence=sentence(record),
            skipped=split.skipped,
            predictions=module.kept,
            said=[] if module.results else said(dataset, choices, module),
            gallery=gallery(dataset, choices, module),
            projector=encoder.projector,
            loggers=trainer.loggers,
        )

    def _open(self) -> CloudDataset:
        try:
            return self.data.evaluated()
        except DataError:
            # Files without labels need a class list; the one category of all samples is one.
            named = None if self.category in CATEGORY_SOURCES else self.data.with_classes([self.category])
            if named is None:
                raise
            return named.evaluated()

    def _choices(self, run: Run, dataset: CloudDataset, categories: dict[int, int]) -> PartChoices:
        named = self.category if self.category not in CATEGORY_SOURCES else None
        return choose_parts(
            PartTable.of(dataset),
            categories,
            self.parts,
            self.prompt,
            lambda prompts: run.class_vectors(self.encoder, prompts),
            named,
        )


def _kept_clouds(run: Run, dataset: CloudDataset, choices: PartChoices) -> Callable[[PartPrediction], None]:
    """Return what writes a cloud into ``clouds/`` of the run, or where there is room."""

    def keep(prediction: PartPrediction) -> None:
        run.keep("clouds", lambda folder: CloudWriter(folder, dataset, choices)(prediction))

    return keep
