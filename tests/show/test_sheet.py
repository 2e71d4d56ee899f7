"""The sheet of views, read back from its file."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib.image import imread
from numpy.typing import NDArray

from pointclip2.encoders.projectors import RealisticProjector
from pointclip2.geometry import ring
from pointclip2.show.canvas import Canvas
from pointclip2.show.sheet import ViewRow, draw_views
from tests.places import ROOT

TOP = [("chair", 0.7), ("stool", 0.2), ("night_stand", 0.1)]


def read(path: Path) -> NDArray[np.uint8]:
    """Pixels (height, width, 3) from 0 to 255."""
    assert path.read_bytes().startswith(b"\x89PNG")
    return (imread(path)[..., :3] * 255).round().astype(np.uint8)


def sheet(path: Path, *rows: ViewRow) -> NDArray[np.uint8]:
    draw_views(path, rows, "Views", "Made up.")
    return read(path)


def row(images: torch.Tensor, truth: str | None = "chair", name: str = "test/chair_0001") -> ViewRow:
    return ViewRow(name, images, truth, TOP)


def printed(script: str, *arguments: str) -> str:
    """By a Python of its own."""
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()


def has(pixels: NDArray[np.uint8], color: str) -> bool:
    rgb = [int(color[start : start + 2], 16) for start in (1, 3, 5)]
    return bool((pixels == rgb).all(axis=2).any())


def first_tile(images: torch.Tensor, path: Path) -> NDArray[np.uint8]:
    """The first tile of a sheet, found by the frame around it."""
    pixels = sheet(path, row(images))
    frame = (pixels == [216, 219, 224]).all(axis=2)
    top, left = (int(np.argmax(frame.any(axis=axis))) for axis in (1, 0))
    side = int(frame[top, left:].cumprod().sum())
    return pixels[top + 1 : top + side - 1, left + 1 : left + side - 1]


@pytest.mark.parametrize("views", [1, 2, 10, 12])
@pytest.mark.parametrize("side", [110, 224])
def test_every_view_is_on_the_sheet_and_the_page_grows_with_them(
    views: int, side: int, tmp_path: Path
) -> None:
    images = torch.ones(views, side, side)
    images[:, 10:20, 10:20] = 0.0
    pixels = sheet(tmp_path / "views.png", row(images, truth=None))
    scale = 2 if side == 110 else 1
    assert views * side * scale < pixels.shape[1] < (views + 4) * (side * scale + 20)
    black_columns = (pixels == 0).all(axis=2).sum(axis=0) >= 10 * scale
    assert black_columns.sum() == views * 10 * scale


@pytest.mark.parametrize("depth", [0.0, 0.25, 0.5, 0.9])
def test_a_pixel_of_known_depth_is_on_the_sheet_at_its_place(depth: float, tmp_path: Path) -> None:
    images = torch.ones(1, 110, 110)
    images[0, 30, 70] = depth
    tile = first_tile(images, tmp_path / "views.png")
    assert tile.shape == (220, 220, 3)
    expected = np.full((220, 220, 3), 255)
    expected[60:62, 140:142] = round(255 * depth)
    assert np.array_equal(tile, expected)


def test_the_background_is_white_between_views_and_in_them(tmp_path: Path) -> None:
    pixels = sheet(tmp_path / "views.png", row(torch.ones(2, 110, 110)))
    assert (pixels[0] == 255).all()
    assert (pixels[-1] == 255).all()
    assert (pixels[:, 0] == 255).all()
    assert (first_tile(torch.ones(2, 110, 110), tmp_path / "views.png") == 255).all()


def test_raw_distances_have_an_empty_white_background_and_near_is_darker(tmp_path: Path) -> None:
    images = torch.zeros(1, 224, 224)
    images[0, 50, 50], images[0, 60, 60], images[0, 70, 70] = 0.8, 1.4, 2.2
    tile = first_tile(images, tmp_path / "views.png")[..., 0]
    assert tile[0, 0] == 255
    assert tile[50, 50] < tile[60, 60] < tile[70, 70] < 240


def test_a_shape_of_one_distance_is_seen(tmp_path: Path) -> None:
    images = torch.zeros(1, 224, 224)
    images[0, 50, 50] = 1.4
    tile = first_tile(images, tmp_path / "views.png")[..., 0]
    assert tile[50, 50] < 128
    assert tile[0, 0] == 255


def test_values_that_are_not_numbers_are_background(tmp_path: Path) -> None:
    images = torch.full((1, 110, 110), float("nan"))
    images[0, :50] = float("inf")
    assert (first_tile(images, tmp_path / "views.png") == 255).all()


def test_images_larger_than_a_tile_are_reduced(tmp_path: Path) -> None:
    pixels = sheet(tmp_path / "views.png", row(torch.rand(2, 1000, 700)))
    assert pixels.shape[0] < 1000


def test_rows_may_differ_in_views_and_sizes(tmp_path: Path) -> None:
    pixels = sheet(tmp_path / "views.png", row(torch.zeros(3, 110, 110)), row(torch.zeros(1, 224, 224)))
    black = (pixels == 0).all(axis=2).sum()
    assert black >= 4 * 224 * 224


GREEN, RED, GREY = "#aee9bd", "#ffc9c7", "#dfe2e7"


@pytest.mark.parametrize(
    ("truth", "shown", "absent"),
    [
        ("chair", [GREEN, RED], [GREY]),
        ("night stand", [GREEN, RED], [GREY]),
        ("sofa", [RED], [GREEN, GREY]),
        (None, [GREY], [GREEN, RED]),
    ],
)
def test_guesses_are_green_red_or_grey_by_the_truth(
    truth: str | None, shown: list[str], absent: list[str], tmp_path: Path
) -> None:
    pixels = sheet(tmp_path / "views.png", row(torch.ones(1, 110, 110), truth))
    assert all(has(pixels, color) for color in shown)
    assert not any(has(pixels, color) for color in absent)


def test_a_bar_is_as_long_as_its_probability(tmp_path: Path) -> None:
    def longest(probability: float) -> int:
        images = torch.ones(1, 110, 110)
        pixels = sheet(tmp_path / "views.png", ViewRow("a", images, "chair", [("chair", probability)]))
        return int((pixels == [0xAE, 0xE9, 0xBD]).all(axis=2).any(axis=0).sum())

    full = longest(1.0)
    assert longest(0.5) == pytest.approx(full / 2, abs=4)
    assert longest(0.0) == longest(float("nan")) == 0


def test_names_in_any_script_and_with_any_sign_are_drawn_without_a_warning(tmp_path: Path) -> None:
    names = ["椅子", "стул", "كرسي", "κάθισμα", "🪑", "a\nb\tc", "$x_1$ \\frac{1}", "", "x" * 500]
    rows = [ViewRow(name, torch.ones(1, 110, 110), name, [(name, 0.5), (name[::-1], 0.2)]) for name in names]
    draw_views(tmp_path / "views.png", rows, "椅子 $5", "🪑 " * 200)
    assert read(tmp_path / "views.png").shape[1] < 2000


def test_a_long_footer_is_wrapped_not_cut(tmp_path: Path) -> None:
    rows = [row(torch.ones(1, 110, 110))]
    draw_views(tmp_path / "short.png", rows, "Views", "Made up.")
    draw_views(tmp_path / "long.png", rows, "Views", "Measured on a split of some size. " * 8)
    short, long = read(tmp_path / "short.png"), read(tmp_path / "long.png")
    assert long.shape[0] > short.shape[0] + 3 * 27
    assert long.shape[1] == short.shape[1]
    canvas = Canvas(10, 10)
    sentence = "one two three four five six seven"
    assert " ".join(canvas.wrapped(sentence, 20, 120)) == sentence


def test_a_sheet_without_shapes_says_so(tmp_path: Path) -> None:
    pixels = sheet(tmp_path / "views.png")
    assert pixels.min() < 128


def test_no_guess_leaves_the_views_alone(tmp_path: Path) -> None:
    pixels = sheet(tmp_path / "views.png", ViewRow("a", torch.zeros(1, 110, 110), "chair", []))
    assert (pixels == 0).all(axis=2).sum() >= 220 * 220


def test_a_projection_stands_upright_on_the_sheet(tmp_path: Path) -> None:
    foot = torch.rand(1024, 3, generator=torch.Generator().manual_seed(0)) * 2 - 1
    foot[:, 1] = foot[:, 1] * 0.1 - 0.9
    pole = foot[:512] * torch.tensor([0.05, 0.0, 0.05]) + torch.tensor([0.0, 1.0, 0.0])
    pole[:, 1] = torch.linspace(-0.9, 0.9, 512)
    images = RealisticProjector(ring(1, elevation_deg=10.0))(torch.cat([foot, pole]).unsqueeze(0)).images[0]
    dark = first_tile(images, tmp_path / "views.png")[..., 0] < 250
    assert dark[60].sum() < dark[150:190].sum(axis=1).max()


def test_gradients_of_the_images_do_not_matter(tmp_path: Path) -> None:
    assert sheet(tmp_path / "views.png", row(torch.ones(1, 110, 110, requires_grad=True))).size


def test_a_failed_write_leaves_the_old_sheet_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "views.png"
    path.write_text("the old one")

    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space left"):
        draw_views(path, [row(torch.ones(1, 110, 110))], "Views", "Made up.")
    assert path.read_text() == "the old one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_fills_while_writing_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(image: object, file: object, **options: object) -> None:
        file.write(b"\x89PNG half of it")  # type: ignore[attr-defined]
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("PIL.Image.Image.save", full)
    with pytest.raises(OSError, match="No space left"):
        draw_views(tmp_path / "views.png", [row(torch.ones(1, 110, 110))], "Views", "Made up.")
    assert list(tmp_path.iterdir()) == []


def test_importing_the_room_loads_no_matplotlib() -> None:
    assert printed("import sys, pointclip2.show; print('matplotlib' in sys.modules)") == "False"


@pytest.mark.slow
def test_pyplot_stays_out_of_it(tmp_path: Path) -> None:
    script = (
        "import sys, torch; from pointclip2.show.sheet import ViewRow, draw_views\n"
        "draw_views(sys.argv[1], [ViewRow('a', torch.ones(1, 110, 110), None, [])], 't', 'f')\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    assert printed(script, str(tmp_path / "views.png")) == "False"
