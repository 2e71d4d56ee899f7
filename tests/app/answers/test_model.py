"""`PointCLIP` in three lines of Python: what it takes, and what it answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import pointclip2
from pointclip2 import PointCLIP
from pointclip2.app.answers.answer import Answer, Answers
from pointclip2.app.answers.parts import spread_to_rows
from pointclip2.data.files.rows import read_rows
from pointclip2.errors import CloudError, ConfigError, DataError
from pointclip2.geometry.standing import UPS
from pointclip2.show.gallery import per_cent
from pointclip2.types import Cloud, CloudBatch, Features
from tests.app.answers.things import chair, write_chair_mesh, write_points

NAMES = ["chair", "table", "lamp"]


@pytest.fixture(scope="module")
def model() -> PointCLIP:
    return PointCLIP(NAMES, up="y")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("scans")
    (made / "rooms").mkdir()
    write_points(made / "rooms" / "sofa, blue [1].xyz", chair())
    write_chair_mesh(made / "stühle=~.obj")
    (made / "torn.ply").write_bytes(b"ply\nformat ascii 1.0\nelement vertex 7\n")
    return made


def test_a_file_gets_one_answer_with_all_names_behind_it(model: PointCLIP, folder: Path) -> None:
    answer = model(folder / "stühle=~.obj")
    assert isinstance(answer, Answer)
    assert (answer.name, answer.is_none) == ("chair", False)
    assert sorted(name for name, _ in answer.top) == sorted(NAMES)
    assert sum(value for _, value in answer.top) == pytest.approx(1, abs=1e-5)
    assert [value for _, value in answer.top] == sorted((value for _, value in answer.top), reverse=True)
    assert answer.source == str(folder / "stühle=~.obj")


def test_arrays_tensors_and_clouds_get_the_answer_of_the_same_points(model: PointCLIP) -> None:
    points = chair(1024)
    of_array, of_tensor = model(points), model(torch.from_numpy(points))
    assert of_array.top == of_tensor.top
    path_like = model([points, points.astype(np.float32)])
    assert [answer.name for answer in path_like] == ["chair", "chair"]
    assert model(of_array.cloud).top == of_array.top


def test_an_answer_does_not_depend_on_what_is_asked_beside_it(model: PointCLIP, folder: Path) -> None:
    alone = model(folder / "stühle=~.obj")
    beside = model([chair(500), folder / "stühle=~.obj", chair()])
    assert [value for _, value in beside[1].top] == pytest.approx([value for _, value in alone.top], abs=1e-5)


def test_a_folder_gets_answers_and_says_what_could_not_be_read(model: PointCLIP, folder: Path) -> None:
    answers = model(folder)
    assert isinstance(answers, Answers)
    assert [answer.source for answer in answers] == ["rooms/sofa, blue [1].xyz", "stühle=~.obj"]
    assert list(answers.unread) == ["torn.ply"]
    assert "torn.ply" in answers.unread["torn.ply"]
    assert [answer.name for answer in answers] == ["chair", "chair"]


def test_a_cloud_that_the_encoder_cannot_use_costs_no_other_answer(
    model: PointCLIP, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = type(model.encoder).encode

    def encode(self: Any, clouds: CloudBatch) -> Features:
        if (clouds.points[:, :, 1].std(dim=1) < 0.01).any():
            raise CloudError("too flat")
        return whole(self, clouds)

    monkeypatch.setattr(type(model.encoder), "encode", encode)
    flat = chair() * (1, 0, 1)
    answers = model({"a": chair(), "b": flat, "c": chair()})
    assert [answer.source for answer in answers] == ["a", "c"]
    assert answers.unread == {"b": "b: too flat"}
    with pytest.raises(CloudError, match="too flat"):
        model(flat)


def test_a_generator_is_read_as_it_gives(model: PointCLIP) -> None:
    asked: list[int] = []

    def clouds() -> Iterator[np.ndarray]:
        for number in range(2 * model.batch):
            asked.append(number)
            yield chair(64)

    stream = model.stream(clouds())
    first = next(stream)
    assert isinstance(first, Answer)
    assert len(asked) == model.batch
    assert sum(1 for _ in stream) == 2 * model.batch - 1


def test_clouds_of_different_sizes_keep_their_order(model: PointCLIP) -> None:
    clouds = [model([chair(points)])[0].cloud for points in (300, 400)]
    small = pointclip2.types.Cloud("small", clouds[0].points[:256])
    answers = model([small, clouds[1], small])
    assert [len(answer.cloud.points) for answer in answers] == [256, 1024, 256]
    assert answers[0].top == answers[2].top


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        (np.zeros((0, 3)), CloudError, "no points"),
        (np.zeros((5, 2)), CloudError, r"\(5, 2\)"),
        (np.full((4, 3), np.nan), CloudError, "finite"),
        (np.array([["a", "b", "c"]]), CloudError, "numbers"),
        ("no/such.ply", DataError, "does not exist"),
        (7, DataError, "int is no cloud"),
    ],
)
def test_what_is_no_cloud_is_refused(
    model: PointCLIP, given: object, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        model(given)


def ball(points: int = 2048) -> np.ndarray:
    """Return points of a sphere, which is neither chair, table nor lamp."""
    found = np.random.default_rng(0).normal(size=(points, 3))
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_what_fits_no_name_is_called_none_of_these(model: PointCLIP, tmp_path: Path) -> None:
    answer = model(ball())
    assert answer.is_none
    assert (answer.name, answer.probability) == ("none of these", answer.none)
    assert answer.none is not None
    assert answer.none > 0.5
    assert answer.fit < 0
    assert answer.to_dict()["name"] == "none of these"
    assert "nearest: " in str(answer)
    assert f"nearest: {answer.top[0][0]}" in Answers([answer])._repr_html_()


def test_the_model_turns_what_geometry_left_in_doubt(model: PointCLIP) -> None:
    upright = model(chair()).cloud
    ups = torch.zeros(6)
    ups[UPS.index("-y")], ups[UPS.index("y")] = 0.51, 0.49
    upside_down = Cloud("turned", upright.points * torch.tensor([1.0, -1.0, -1.0]), ups=ups)
    answer = model(upside_down)
    assert answer.name == "chair"
    assert answer.up is not None
    assert answer.up[0] == "y"
    assert torch.equal(answer.cloud.points[:, 1], upright.points[:, 1])
    assert answer.remarks[-1].startswith("up=auto took y")


def test_a_row_that_was_looked_at_keeps_its_part_whatever_its_neighbours_say() -> None:
    points = torch.tensor([[0.0, 0.0, 0.0], [0.1, 0.0, 0.0], [0.0, 0.1, 0.0]])
    logits = torch.tensor([[1.0, 0.0], [0.0, 5.0], [0.0, 5.0]])
    rows = np.array([[0.0, 0.0, 0.0], [0.09, 0.01, 0.0], [np.nan, 0.0, 0.0]])
    assert spread_to_rows(Cloud("three", points), logits, rows).tolist() == [0, 1, -1]


def test_a_link_leads_to_what_is_written(model: PointCLIP, tmp_path: Path) -> None:
    answers = model([chair()])
    (tmp_path / "link.csv").symlink_to(tmp_path / "there.csv")
    with pytest.raises(ConfigError, match="exists already"):
        answers.save(tmp_path / "link.csv")
    answers.save(tmp_path / "link.csv", force=True)
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "there.csv").read_text().startswith("source,name")


def test_axes_first_is_read_as_a_file_of_it_would_be(model: PointCLIP) -> None:
    points = chair(2048)
    turned = model(points.T)
    assert (turned.name, turned.top) == ("chair", model(points).top)
    assert any("axes first" in remark for remark in turned.remarks)
    assert len(model.segment(points.T, "chair", ["back", "seat", "leg"])) == 2048


def test_clouds_may_be_named_and_one_that_is_gone_ends_nothing(model: PointCLIP, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    nothing = np.full((4, 3), np.nan)
    given = {"mine": chair(), "a mesh": nothing, "gone": tmp_path / "gone.ply", "none": tmp_path / "empty"}
    answers = model(given, up="y")
    assert [answer.source for answer in answers] == ["mine"]
    assert list(answers.unread) == ["a mesh", "gone", "none"]
    assert answers.rows()[-1]["remarks"] == answers.unread["none"]


def test_files_of_two_folders_are_told_apart(model: PointCLIP, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    write_chair_mesh(tmp_path / "b" / "stühle=~.obj")
    answers = model([folder, tmp_path / "b"])
    assert len({answer.source for answer in answers}) == 3


def test_parts_of_what_looks_otherwise_are_doubted(model: PointCLIP) -> None:
    assert "does not look like a chair" in model.segment(ball(), "chair", ["back", "seat"]).remarks[-1]
    assert not any(
        "does not look" in told for told in model.segment(chair(), "chair", ["back", "seat"]).remarks
    )


def test_parts_may_be_described_and_the_points_be_chosen(model: PointCLIP) -> None:
    points = chair(3000)
    plain = model.segment(points, "chair", ["back", "leg"], points=300)
    assert len(plain.cloud.points) == 300
    told = model.segment(points, "chair", {"back": "four thin poles", "leg": "an upright board"}, points=300)
    assert plain.names == told.names
    assert (plain.part != told.part).any()


def test_a_file_is_read_once_for_its_parts(
    model: PointCLIP, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_points(tmp_path / "chair.xyz", chair(500))
    counted: list[Path] = []
    monkeypatch.setattr(
        "pointclip2.app.answers.given.read_rows", lambda path: counted.append(path) or read_rows(path)
    )
    found = model.segment(path, "chair", ["back", "leg"])
    assert counted == [path]
    assert found.cloud.frame.exact is not None
    assert set(map(tuple, found.cloud.frame.exact.tolist())) <= set(map(tuple, found.points.tolist()))


def test_what_is_not_judged_is_told(caplog: pytest.LogCaptureFixture) -> None:
    answer = PointCLIP(NAMES, up="y", projector="splat")(chair())
    assert (answer.none, answer.is_none) == (None, False)
    assert "none of the names is not judged" in caplog.text
    caplog.clear()
    assert PointCLIP(NAMES, up="y", rejection=False)(chair()).none is None
    assert "not judged" not in caplog.text


def test_what_the_input_had_is_kept_under_other_names(model: PointCLIP, tmp_path: Path) -> None:
    path = tmp_path / "chair.csv"
    rows = [f"{x},{y},{z},{n % 7},{n % 5},{2**60 + n}" for n, (x, y, z) in enumerate(chair(500).tolist())]
    path.write_text("\n".join(["x,y,z,part,red,stamp", *rows]) + "\n")
    once = model.segment(path, "chair", ["back", "seat, wide"]).save(tmp_path / "once.csv")
    again = read_rows(model.segment(once, "chair", ["back", "leg"]).save(tmp_path / "again.csv"))
    assert (again.points == read_rows(path).points).all()
    assert again.columns["input_red"].tolist() == [n % 5 for n in range(500)]
    assert again.columns["input_part"].tolist() == [n % 7 for n in range(500)]


@pytest.mark.parametrize(
    "points", [np.zeros((1, 3)), np.ones((500, 3)), np.linspace((0, 0, 0), (1, 0, 0), 50)]
)
def test_a_point_or_a_line_gets_some_answer(model: PointCLIP, points: np.ndarray) -> None:
    answer = model(points)
    assert 0 <= answer.probability <= 1
    assert any("in one place" in remark for remark in answer.remarks) == (np.ptp(points, axis=0).max() == 0)


@pytest.mark.parametrize(
    "options",
    [{"device": "gpu"}, {"points": 0}, {"refused": 2.0}, {"up": "w"}, {"overrides": ["data.points=9"]}],
)
def test_options_that_cannot_work_are_refused_at_once(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        PointCLIP(NAMES, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("names", [[], ["chair", "Chair"], ["  "], ""])
def test_names_that_cannot_work_are_refused(names: list[str] | str) -> None:
    with pytest.raises(ConfigError):
        PointCLIP(names)


def test_an_encoder_without_sentences_is_refused() -> None:
    with pytest.raises(ConfigError, match="knows no sentences"):
        PointCLIP(NAMES, encoder="point_nn")


def test_descriptions_change_what_is_asked(model: PointCLIP) -> None:
    told = PointCLIP({"chair": "a flat top on four legs", "table": "a seat with a back", "lamp": ()}, up="y")
    assert told.names == tuple(NAMES)
    assert told.prompts.count == model.prompts.count + 2
    assert told(chair()).top != model(chair()).top


def test_answers_become_tables_dicts_and_pictures(model: PointCLIP, folder: Path, tmp_path: Path) -> None:
    answers = model(folder)
    path = answers.save(tmp_path / "out.csv")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "source,name,probability,none,fit,remarks,p(chair),p(lamp),p(table)"
    assert lines[1].startswith('"rooms/sofa, blue [1].xyz",chair,')
    with pytest.raises(ConfigError, match="exists already"):
        answers.save(path)
    assert answers.save(path, force=True) == path
    assert answers[0].to_dict()["top"][0]["name"] == "chair"
    picture = answers[0].views()
    assert picture.width > 1000
    assert picture.height > 150
    page = answers._repr_html_()
    assert "sofa, blue [1].xyz" in page
    assert "torn.ply" in page
    assert answers[0]._repr_png_()[:4] == b"\x89PNG"  # type: ignore[index]


def test_markup_in_a_name_stays_text(model: PointCLIP) -> None:
    evil = PointCLIP(["<b>chair</b>", "table"], up="y")(chair())
    assert "<b>chair" not in evil._repr_html_()


@pytest.mark.parametrize(
    ("value", "told"), [(0.0, "0 %"), (0.004, "< 1 %"), (0.97, "97 %"), (0.9951, "> 99 %"), (1.0, "100 %")]
)
def test_a_probability_is_never_rounded_to_certainty(value: float, told: str) -> None:
    assert per_cent(value) == told
