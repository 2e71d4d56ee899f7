"""The whole way through ``train.py task=few_shot`` and ``evaluate.py adapter.checkpoint=FILE``, on a toy CLIP."""

import json
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

import pointclip2.tasks.few_shot.task as few_shot
from pointclip2.app.compose import compose
from pointclip2.app.run import Result, evaluate
from pointclip2.tasks.few_shot.module import FewShotModule
from pointclip2.tasks.few_shot.training import CHECKPOINTS
from pointclip2.types import ConfigError, DataError, TrainingError, UserError, WeightsError
from pointclip2.worlds.shapes.world import ShapesSplit
from tests.toy import composed, toy_folder, toy_overrides

SMALL = [
    "data.classes=[chair,table,lamp]",
    "data.per_class={train: 5, val: 3, test: 4}",
    "projector/rig=ring",
    "projector.rig.views=3",
    "task.copies=1",
]
QUICK = {
    "inter_view": ["adapter.recipe.epochs=4"],
    "linear_probe": ["adapter.iterations=10"],
    "cache": [],
    "cache_trained": ["adapter.recipe.epochs=2"],
    "point_nn": ["adapter.stages=2", "adapter.dim=6", "adapter.neighbours=8"],
    "point_nn_clip": ["adapter.stages=2", "adapter.dim=6", "adapter.neighbours=8"],
    "learnable_smoothing": [
        *("adapter.recipe.epochs=2", "adapter.resolution=16", "adapter.depth=4", "adapter.views_a_step=2"),
    ],
    "learnable_smoothing_inter_view": [
        *("adapter.recipe.epochs=2", "adapter.resolution=16", "adapter.depth=4", "adapter.validate_epochs=1"),
    ],
}


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_folder(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared, so that features are encoded once."""
    return tmp_path_factory.mktemp("outputs")


def train(toy: Path, outputs: Path, adapter: str, *more: str) -> Result:
    words = [
        *toy_overrides(toy, outputs),
        *SMALL,
        f"adapter={adapter}",
        "data.shots=2",
        *QUICK[adapter],
        *more,
    ]
    return evaluate(composed("train", words))


@pytest.fixture(scope="module")
def trained_once(toy: Path, outputs: Path) -> Callable[[str], Result]:
    """A training of an adapter without further words: the same one for all that look at it."""
    return cache(partial(train, toy, outputs))


def evaluated(toy: Path, outputs: Path, *more: str) -> Result:
    words = [word for word in SMALL if not word.startswith("task.")]
    return evaluate(composed("evaluate", [*toy_overrides(toy, outputs), *words, *more]))


def results_of(result: Result) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((result.run_dir / "results.json").read_text())
    return content


@pytest.mark.parametrize("adapter", QUICK)
def test_evaluate_reproduces_the_figure_of_the_training(
    toy: Path, outputs: Path, adapter: str, trained_once: Callable[[str], Result]
) -> None:
    trained = trained_once(adapter)
    tested = evaluated(toy, outputs, f"adapter.checkpoint={trained.run_dir / 'adapter.safetensors'}")
    figures = {name: value for name, value in trained.metrics.items() if name != "test/acc_zero_shot"}
    assert tested.metrics == figures
    assert torch.equal(tested.predictions.probability, trained.predictions.probability)
    record = results_of(tested)
    assert record["task"] == "few_shot"
    assert record["selected_on"] == "holdout"
    assert record["adapter"]["shots"] == 2
    assert "differs" not in record["adapter"]


def test_a_run_says_what_was_learned_from_what(
    toy: Path, outputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trained = train(toy, outputs, "inter_view", "logger=csv", "pictures=1", "+expect={test/acc: 0.5}")
    record = results_of(trained)
    made = record["adapter"]
    assert (made["shots"], made["examples"], made["copies"], made["validation"]) == (2, 6, 1, 9)
    assert made["validation_split"] == "val"
    assert 0 <= made["epoch"] < made["epochs"] == 4
    assert record["metrics"]["test/acc_zero_shot"] == evaluated(toy, outputs).metrics["test/acc"]
    subset = json.loads((trained.run_dir / "subset.json").read_text())
    assert {name: len(names) for name, names in subset["train"].items()} == {
        "chair": 2,
        "table": 2,
        "lamp": 2,
    }
    for name in ("predictions.csv", "views.png", "confusion.png", "csv/metrics.csv", "logits.safetensors"):
        assert (trained.run_dir / name).stat().st_size > 0
    assert "val/acc" in (trained.run_dir / "csv" / "metrics.csv").read_text()
    printed = " ".join(capsys.readouterr().out.split())
    for words in (
        "2-shot classification",
        "top-1, zero-shot",
        "top-1, quoted",
        "never on test",
        "RANDOM WEIGHTS",
    ):
        assert words in printed


def test_test_labels_cannot_reach_the_choice(
    toy: Path, outputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = train(toy, outputs, "inter_view")
    original = ShapesSplit.__init__

    def shuffled(self: ShapesSplit, world: Any, split: str) -> None:
        original(self, world, split)
        if split == "test":
            self.labels = [(label + 1) % 3 for label in self.labels]

    monkeypatch.setattr(ShapesSplit, "__init__", shuffled)
    other = train(toy, outputs, "inter_view")
    truths = [(run.run_dir / "predictions.csv").read_text() for run in (honest, other)]
    assert truths[0] != truths[1], "the labels were shuffled"
    for name in ("epoch", "validation_acc"):
        assert results_of(other)["adapter"][name] == results_of(honest)["adapter"][name]
    one, two = (load_file(run.run_dir / "adapter.safetensors") for run in (honest, other))
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_the_same_command_gives_the_same_bits_and_another_seed_other_examples(
    toy: Path, outputs: Path
) -> None:
    one, two, three = (train(toy, outputs, "inter_view", f"seed={seed}") for seed in (5, 5, 6))
    weights = [load_file(run.run_dir / "adapter.safetensors") for run in (one, two, three)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    assert one.metrics == two.metrics
    subsets = [(run.run_dir / "subset.json").read_text() for run in (one, two, three)]
    assert subsets[0] == subsets[1] != subsets[2]


def test_several_processes_learn_what_one_learns(toy: Path, outputs: Path) -> None:
    """With features in the cache there is nothing to share out: the first process needs no other."""
    alone = train(toy, outputs, "inter_view")
    told = train(toy, outputs, "inter_view", "trainer.devices=3", "+trainer.strategy=ddp")
    one, other = ((result.run_dir / "adapter.safetensors").read_bytes() for result in (alone, told))
    assert one == other


def test_a_subset_of_an_earlier_run_is_learned_from_again(toy: Path, outputs: Path) -> None:
    one = train(toy, outputs, "cache", "seed=5")
    again = train(toy, outputs, "cache", f"task.subset={one.run_dir / 'subset.json'}")
    assert (again.run_dir / "subset.json").read_text() == (one.run_dir / "subset.json").read_text()
    assert again.metrics == one.metrics


@pytest.mark.parametrize("shots", ["1", "all"])
def test_one_shot_and_all_there_are(toy: Path, outputs: Path, shots: str) -> None:
    made = results_of(train(toy, outputs, "cache", f"data.shots={shots}"))["adapter"]
    assert made["examples"] == {"1": 3, "all": 15}[shots]


def test_a_killed_training_goes_on_and_ends_as_if_nothing_had_happened(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    epochs = f"adapter.recipe.epochs={2 * CHECKPOINTS}"
    whole = train(toy, tmp_path, "inter_view", epochs)
    original = FewShotModule.begin_epoch
    started: list[int] = []

    def dying(self: FewShotModule) -> None:
        started.append(self.current_epoch)
        if self.current_epoch == 31:
            raise RuntimeError("killed")
        original(self)

    monkeypatch.setattr(FewShotModule, "begin_epoch", dying)
    with pytest.raises(RuntimeError, match="killed"):
        train(toy, tmp_path, "inter_view", epochs)
    (kept,) = (tmp_path / "unfinished").rglob("last.ckpt")
    assert kept.is_file()
    monkeypatch.setattr(
        FewShotModule, "begin_epoch", lambda self: started.append(self.current_epoch) or original(self)
    )
    started.clear()
    resumed = train(toy, tmp_path, "inter_view", epochs)
    assert started[0] == 30
    assert resumed.metrics == whole.metrics
    one, two = (load_file(run.run_dir / "adapter.safetensors") for run in (whole, resumed))
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not list((tmp_path / "unfinished").rglob("*.ckpt")), "a finished training leaves no checkpoint"


def test_a_damaged_checkpoint_of_a_killed_training_is_named(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(self: FewShotModule) -> None:
        if self.current_epoch == 2:
            raise RuntimeError("killed")
        original(self)

    original = FewShotModule.begin_epoch
    with monkeypatch.context() as patched:
        patched.setattr(FewShotModule, "begin_epoch", dying)
        with pytest.raises(RuntimeError, match="killed"):
            train(toy, tmp_path, "inter_view")
    (kept,) = (tmp_path / "unfinished").rglob("last.ckpt")
    kept.write_bytes(kept.read_bytes()[:-100])
    with pytest.raises(WeightsError, match=r"last\.ckpt.*resume=false"):
        train(toy, tmp_path, "inter_view")
    assert train(toy, tmp_path, "inter_view", "resume=false").metrics


def test_a_loss_that_is_not_finite_is_one_line_and_keeps_the_last_good_checkpoint(
    toy: Path, tmp_path: Path
) -> None:
    words = ["adapter.recipe.learning_rate=1e25", "adapter.recipe.warmup_epochs=2"]
    with pytest.raises(TrainingError, match="at step") as caught:
        train(toy, tmp_path, "inter_view", *words)
    assert "\n" not in str(caught.value)
    (kept,) = (tmp_path / "unfinished").rglob("last.ckpt")
    state = torch.load(kept, weights_only=True)["state_dict"]
    assert all(tensor.isfinite().all() for tensor in state.values())


def test_logits_of_another_run_are_added_with_a_weight_chosen_on_validation(
    toy: Path, outputs: Path, trained_once: Callable[[str], Result]
) -> None:
    other = trained_once("linear_probe")
    both = train(toy, outputs, "cache", f"ensemble=[{other.run_dir}]")
    (member,) = results_of(both)["ensemble"]["members"]
    assert member["acc"] == pytest.approx(other.metrics["test/acc"])
    assert member["weight"] >= 0
    assert 0 <= both.metrics["test/acc_ensemble"] <= 1
    assert both.metrics["test/acc"] == trained_once("cache").metrics["test/acc"]


def test_the_logits_of_a_perfect_network_make_a_perfect_ensemble(
    toy: Path, outputs: Path, tmp_path: Path, trained_once: Callable[[str], Result]
) -> None:
    own = trained_once("cache")
    labels = {part: np.array([0, 1, 2] * count) for part, count in (("validation", 3), ("test", 4))}
    np.savez(tmp_path / "net.npz", **{part: 30.0 * np.eye(3)[label] for part, label in labels.items()})
    both = train(toy, outputs, "cache", f"ensemble=[{tmp_path / 'net.npz'}]")
    assert own.metrics["test/acc"] < 1
    assert both.metrics["test/acc_ensemble"] >= own.metrics["test/acc"]


def cloud_folder(folder: Path, **splits: int) -> Path:
    rng = np.random.default_rng(0)
    for split, each in splits.items():
        for label, stretch in (("rod", (0.1, 1, 0.1)), ("plate", (1, 0.1, 1))):
            (folder / split / label).mkdir(parents=True)
            for number in range(each):
                np.save(folder / split / label / f"{number}.npy", rng.random((64, 3)) * stretch)
    return folder


def folder_words(toy: Path, outputs: Path, clouds: Path, *more: str) -> list[str]:
    told = ["data=folder", f"data.path={clouds}", "data.up=y", "task.copies=0"]
    return [*toy_overrides(toy, outputs), *told, *more]


def test_your_own_folder_is_learned_from_without_a_validation_split(toy: Path, tmp_path: Path) -> None:
    clouds = cloud_folder(tmp_path / "clouds", train=5, test=3)
    words = folder_words(toy, tmp_path, clouds, "adapter=point_nn", *QUICK["point_nn"], "data.shots=3")
    result = evaluate(composed("train", words))
    made = results_of(result)["adapter"]
    assert (made["examples"], made["validation"], made["validation_split"]) == (6, 2, "train")
    assert result.metrics["test/acc"] > result.metrics["test/acc_zero_shot"] + 0.3


def test_clipping_gradients_which_no_recipe_knows_is_one_line(toy: Path, tmp_path: Path) -> None:
    words = folder_words(toy, tmp_path, cloud_folder(tmp_path / "clouds", train=5, test=3), "data.shots=3")
    cfg = composed("train", [*words, "adapter=inter_view", "+trainer.gradient_clip_val=1.0"])
    with pytest.raises(ConfigError, match=r"^trainer: .*gradient clipping[^\n]*$"):
        evaluate(cfg)


def test_one_example_a_class_leaves_no_validation_and_says_so(toy: Path, tmp_path: Path) -> None:
    clouds = cloud_folder(tmp_path / "clouds", train=1, test=1)
    words = folder_words(toy, tmp_path, clouds, "data.shots=1", "adapter.recipe.epochs=2")
    record = results_of(evaluate(composed("train", words)))
    assert record["selected_on"] == "train"
    assert record["adapter"]["epoch"] == 1


def test_an_unreadable_example_is_left_out(toy: Path, tmp_path: Path) -> None:
    clouds = cloud_folder(tmp_path / "clouds", train=3, test=1)
    words = folder_words(toy, tmp_path, clouds, "data.shots=all", "adapter=cache", "task.validation_share=0")
    (clouds / "train" / "rod" / "1.npy").write_bytes(b"no array")
    assert results_of(evaluate(composed("train", words)))["adapter"]["examples"] == 5
    for number in (0, 2):
        (clouds / "train" / "rod" / f"{number}.npy").write_bytes(b"no array")
    with pytest.raises(DataError, match="none of the examples of rod can be read"):
        evaluate(composed("train", words))


def test_a_folder_without_a_split_train_is_halved_by_seed(
    toy: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clouds = cloud_folder(tmp_path / "clouds", test=8)
    words = folder_words(toy, tmp_path, clouds, "adapter=point_nn", *QUICK["point_nn"], "data.shots=2")
    record = results_of(evaluate(composed("train", words)))
    assert "half of every class, by seed 0, is learned from (8), the rest tested (8)" in caplog.text
    assert (record["data"]["n"], record["adapter"]["examples"], record["adapter"]["validation"]) == (8, 4, 2)
    assert record["selected_on"] == "holdout"


def test_a_folder_of_one_example_a_class_cannot_be_halved(toy: Path, tmp_path: Path) -> None:
    clouds = cloud_folder(tmp_path / "clouds", test=1)
    with pytest.raises(DataError, match="every class has a single example"):
        evaluate(composed("train", folder_words(toy, tmp_path, clouds)))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["data.shots=6"], r"data\.shots=6, but shapes has 5 of 'chair'"),
        (["data.shots=0"], "1 or more, or all"),
        (["data.split=val"], r"data\.split=val"),
        (["ensemble=[nowhere]"], "nowhere"),
        (["task.subset=nowhere.json"], r"nowhere\.json"),
    ],
)
def test_what_cannot_work_is_told_in_one_line(toy: Path, outputs: Path, words: list[str], told: str) -> None:
    with pytest.raises(UserError, match=told) as caught:
        train(toy, outputs, "cache", *words)
    assert "\n" not in str(caught.value)


def test_train_does_not_take_saved_adapters_nor_evaluate_those_to_be_trained(
    toy: Path, outputs: Path
) -> None:
    with pytest.raises(ConfigError, match=r"adapter=inter_view"):
        evaluate(composed("train", [*toy_overrides(toy, outputs), *SMALL, "data.shots=2", "adapter=saved"]))
    with pytest.raises(ConfigError, match=r"adapter\.checkpoint=FILE"):
        evaluated(toy, outputs, "adapter=cache")


def test_evaluate_refuses_shots_and_a_checkpoint_of_other_classes(
    toy: Path, outputs: Path, trained_once: Callable[[str], Result]
) -> None:
    with pytest.raises(ConfigError, match="shots"):
        compose("evaluate", ["data.shots=16"])
    trained = trained_once("cache")
    with pytest.raises(WeightsError, match="other classes"):
        evaluated(toy, outputs, f"adapter.checkpoint={trained.run_dir}", "data.classes=[chair,table]")


def test_another_prompt_than_in_training_is_allowed_and_said(
    toy: Path, outputs: Path, trained_once: Callable[[str], Result]
) -> None:
    trained = trained_once("cache")
    tested = evaluated(toy, outputs, f"adapter.checkpoint={trained.run_dir}", "prompt=bank")
    assert results_of(tested)["adapter"]["differs"] == "it was trained with the prompt name"


def test_an_adapter_of_before_whose_projector_has_moved_is_not_said_to_differ(
    toy: Path, outputs: Path, tmp_path: Path, trained_once: Callable[[str], Result]
) -> None:
    trained = trained_once("cache")
    with safe_open(trained.run_dir / "adapter.safetensors", framework="pt") as file:
        card = json.loads(file.metadata()["adapter"])
    card["made"]["projector"]["_target_"] = "pointclip2.projectors.splat.SplatProjector"
    card.pop("home")
    state = load_file(trained.run_dir / "adapter.safetensors")
    save_file(state, tmp_path / "adapter.safetensors", {"adapter": json.dumps(card)})
    tested = evaluated(toy, outputs, f"adapter.checkpoint={tmp_path}")
    assert tested.metrics["test/acc"] == trained.metrics["test/acc"]
    assert "differs" not in results_of(tested)["adapter"]
    moved = evaluated(toy, outputs, f"adapter.checkpoint={tmp_path}", "projector.resolution=40")
    assert results_of(moved)["adapter"]["differs"] == "it was trained with another projector"


def test_test_labels_are_looked_at_once_and_last(
    toy: Path, outputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    for name in ("train_adapter", "save_adapter", "run_test"):
        original = getattr(few_shot, name)

        def noted(*args: Any, _name: str = name, _original: Any = original, **more: Any) -> Any:
            order.append(_name)
            return _original(*args, **more)

        monkeypatch.setattr(few_shot, name, noted)
    train(toy, outputs, "cache")
    assert order == ["train_adapter", "save_adapter", "run_test"]
