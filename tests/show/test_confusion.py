"""The picture of a confusion matrix, read back from its file."""

from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib.image import imread
from numpy.typing import NDArray

from pointclip2.show.confusion import _cells, _colours, draw_confusion


def draw(path: Path, matrix: torch.Tensor, classes: list[str] | None = None) -> NDArray[np.uint8]:
    classes = classes or [f"class_{index}" for index in range(len(matrix))]
    draw_confusion(path, matrix, classes, "Confusion", "Made up.")
    return (imread(path)[..., :3] * 255).round().astype(np.uint8)


def cells(pixels: NDArray[np.uint8], share: float) -> int:
    """Pixels in the colour of a share."""
    return int((pixels == _colours(np.array([share]))[0]).all(axis=2).sum())


@pytest.mark.parametrize("classes", [1, 15, 40, 300])
def test_the_picture_has_a_readable_size_with_any_number_of_classes(classes: int, tmp_path: Path) -> None:
    matrix = torch.eye(classes, dtype=torch.int64) * 3
    height, width, _ = draw(tmp_path / "confusion.png", matrix).shape
    assert 250 < height < 2200
    assert 700 < width < 2200


def test_a_class_without_samples_has_a_column_only_where_it_was_predicted(tmp_path: Path) -> None:
    matrix = torch.zeros(30, 30, dtype=torch.int64)
    matrix[2, 2], matrix[2, 7], matrix[5, 5] = 1, 1, 4
    small = torch.zeros(3, 3, dtype=torch.int64)
    small[0, 0], small[0, 2], small[1, 1] = 1, 1, 4
    names = [f"c{index}" for index in range(30)]
    among_many = draw(tmp_path / "many.png", matrix, names)
    alone = draw(tmp_path / "few.png", small, ["c2", "c5", "c7"])
    assert np.array_equal(among_many, alone)


def test_a_cell_has_the_colour_of_its_share_of_the_row(tmp_path: Path) -> None:
    matrix = torch.tensor([[3, 1], [0, 8]])
    pixels = draw(tmp_path / "confusion.png", matrix)
    for share in (0.75, 0.25, 1.0):
        assert cells(pixels, share) > 5000
    assert cells(pixels, 0.5) < 100


def test_more_samples_of_a_class_change_no_colour() -> None:
    counts = np.array([[3, 1], [2, 2]])
    shares = counts / counts.sum(axis=1, keepdims=True)
    more = 10 * counts / (10 * counts).sum(axis=1, keepdims=True)
    assert np.array_equal(_colours(shares), _colours(more))


def test_darkness_grows_with_the_share_and_only_never_is_white() -> None:
    ramp = _colours(np.linspace(0, 1, 64)).astype(float) @ [0.2126, 0.7152, 0.0722]
    assert ramp[0] == pytest.approx(255)
    assert (np.diff(ramp) < 0).all()


def test_the_diagonal_is_framed_even_where_nothing_was_right() -> None:
    pixels = _cells(np.full((2, 3, 3), 255, dtype=np.uint8), 20, np.eye(2, 3, dtype=bool))
    assert pixels.shape == (40, 60, 3)
    assert (pixels[0, 5] < 200).all()
    assert (pixels[0, 25] == 255).all()
    assert (pixels[10, 10] == 255).all()


def test_the_page_is_white(tmp_path: Path) -> None:
    pixels = draw(tmp_path / "confusion.png", torch.eye(4, dtype=torch.int64))
    assert all((edge == 255).all() for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]))


def test_a_matrix_without_samples_says_so(tmp_path: Path) -> None:
    pixels = draw(tmp_path / "confusion.png", torch.zeros(3, 3, dtype=torch.int64))
    assert pixels.min() < 128
    assert cells(pixels, 1.0) == 0


def test_names_in_any_script_and_of_any_length_are_drawn_without_a_warning(tmp_path: Path) -> None:
    names = ["椅子", "стул", "كرسي", "🪑", "$x_1$", "", "long " * 60]
    pixels = draw(tmp_path / "confusion.png", torch.ones(7, 7, dtype=torch.int64), names)
    assert pixels.shape[1] < 1800


def test_a_class_list_of_another_length_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"shape \(2, 2\) for 3 classes"):
        draw_confusion(tmp_path / "confusion.png", torch.eye(2, dtype=torch.int64), ["a", "b", "c"], "", "")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_picture_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "confusion.png"
    path.write_text("the old one")

    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space left"):
        draw(path, torch.eye(3, dtype=torch.int64))
    assert path.read_text() == "the old one"
    assert list(tmp_path.iterdir()) == [path]
