from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pointclip2.show.curves import Curve, draw_curves


def picture(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def test_a_picture_is_drawn_whole_with_a_colour_a_curve(tmp_path: Path) -> None:
    curves = [
        Curve("inter_view", {1: 0.3, 16: 0.8, "all": 0.9}, {1: 0.02, 16: 0.01, "all": 0.0}),
        Curve("PointCLIP", {1: 0.5, 16: 0.87}, {}, quoted=True),
    ]
    draw_curves(tmp_path / "few_shot.png", curves, 0.2, "Few-shot on shapes", "588 clouds")
    pixels = picture(tmp_path / "few_shot.png")
    assert pixels.shape == (620, 960, 3)
    for colour in ((0, 114, 178), (213, 94, 0)):
        assert (pixels == colour).all(axis=2).sum() > 100
    assert [path.name for path in tmp_path.iterdir()] == ["few_shot.png"]


def test_a_curve_of_one_point_is_drawn_too(tmp_path: Path) -> None:
    draw_curves(tmp_path / "one.png", [Curve("cache", {4: 0.5}, {})], None, "x", "y")
    assert (picture(tmp_path / "one.png") != 255).any()


def test_no_curve_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one point"):
        draw_curves(tmp_path / "x.png", [Curve("cache", {}, {})], None, "", "")
    assert not list(tmp_path.iterdir())
