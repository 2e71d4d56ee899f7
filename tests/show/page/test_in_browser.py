"""The page in headless Chromium: drawn, turned, hovered, and harmless."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pointclip2.show.gallery import GalleryItem
from pointclip2.show.page import write_report
from tests.show.page.browser import Browser, browser_path
from tests.show.page.exhibits import EVIL, SEARCH, classified, record, room, segmented, shape

pytestmark = [
    pytest.mark.skipif(browser_path() is None, reason="no Chromium: install one, or name it in CHROMIUM"),
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    gallery = (shape(), segmented(), room(), shape(EVIL, "night_stand"))
    write_report(path, classified(record=record(search=SEARCH), gallery=gallery))
    return path


@pytest.fixture
def opened(browser: Browser, page: Path) -> Browser:
    browser.open(page)
    return browser


def colours(browser: Browser, selector: str) -> int:
    """How many different pixels a canvas has."""
    found: int = browser.evaluate(
        f"(c => new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size)"
        f"(document.querySelector({selector!r}))"
    )
    return found


def pose(browser: Browser, selector: str) -> list[float]:
    """Yaw, pitch and zoom of what a canvas shows."""
    browser.frames(2)
    text: str = browser.evaluate(f"document.querySelector({selector!r}).dataset.drawn")
    return [float(word) for word in text.split()]


def test_the_page_runs_without_an_error_and_asks_nobody_for_anything(opened: Browser, page: Path) -> None:
    assert opened.evaluate("document.documentElement.dataset.ready") == "true"
    assert opened.errors == []
    assert [url for url in opened.requests if not url.startswith("data:")] == [page.as_uri()]


def test_clouds_matrix_and_cameras_are_drawn(opened: Browser) -> None:
    for number in range(6):
        opened.into_sight(f"canvas[data-cloud='{number}']")
        assert colours(opened, f"canvas[data-cloud='{number}']") > 40
    for name in ("#matrix", "#rig"):
        opened.into_sight(name)
        assert colours(opened, name) > 10
    assert opened.errors == []


def test_a_drag_turns_truth_and_prediction_together(opened: Browser) -> None:
    truth, said = "canvas[data-cloud='1']", "canvas[data-cloud='2']"
    middle = opened.into_sight(truth)
    before = opened.evaluate(f"document.querySelector({said!r}).toDataURL()")
    yaw, pitch, zoom = pose(opened, truth)
    opened.drag(middle, (60, 30))
    assert pose(opened, truth)[0] > yaw + 0.2
    assert pose(opened, truth)[1] > pitch + 0.1
    assert pose(opened, truth) == pose(opened, said)
    assert pose(opened, truth)[2] == zoom
    assert opened.evaluate(f"document.querySelector({said!r}).toDataURL()") != before


def test_a_mouse_that_only_moves_turns_nothing(opened: Browser) -> None:
    cloud = "canvas[data-cloud='0']"
    x, y = opened.into_sight(cloud)
    before = pose(opened, cloud)
    opened.mouse("mouseMoved", x, y)
    opened.mouse("mouseMoved", x + 50, y + 20)
    assert pose(opened, cloud) == before


def test_the_wheel_zooms_and_a_double_click_goes_back(opened: Browser) -> None:
    cloud = "canvas[data-cloud='0']"
    x, y = opened.into_sight(cloud)
    start = pose(opened, cloud)
    opened.mouse("mouseWheel", x, y, deltaX=0, deltaY=-200)
    assert pose(opened, cloud)[2] > start[2] * 1.1
    for clicks in (1, 2):
        opened.mouse("mousePressed", x, y, button="left", buttons=1, clickCount=clicks)
        opened.mouse("mouseReleased", x, y, button="left", clickCount=clicks)
    assert pose(opened, cloud) == start


def test_keys_turn_zoom_and_go_back(opened: Browser) -> None:
    cloud = "canvas[data-cloud='0']"
    opened.into_sight(cloud)
    opened.evaluate(f"document.querySelector({cloud!r}).focus()")
    start = pose(opened, cloud)
    for key, axis, sign in (("ArrowRight", 0, 1), ("ArrowUp", 1, -1), ("+", 2, 1), ("-", 2, -1)):
        before = pose(opened, cloud)
        opened.key(key)
        assert sign * (pose(opened, cloud)[axis] - before[axis]) > 0.1
    opened.key("0")
    assert pose(opened, cloud) == start


def test_a_cell_tells_who_was_called_what(opened: Browser) -> None:
    opened.into_sight("#matrix")
    opened.evaluate("document.querySelector('#matrix').focus()")
    says = "document.querySelector('#matrix-says').textContent"
    opened.key("ArrowDown")
    assert opened.evaluate(says) == "chair was called by its name: 3 of 4 clouds, 75.0 %"
    opened.key("ArrowRight")
    assert opened.evaluate(says) == "chair was called night stand: 1 of 4 clouds, 25.0 %"
    box = opened.evaluate(
        "(b => [b.right, b.bottom])(document.querySelector('#matrix').getBoundingClientRect())"
    )
    opened.mouse("mouseMoved", box[0] - 75, box[1] - 20)
    assert opened.evaluate(says) == "lamp was called by its name: 2 of 4 clouds, 50.0 %"


def test_the_matrix_can_be_put_into_another_order(opened: Browser) -> None:
    opened.into_sight("#matrix")
    before = opened.evaluate("document.querySelector('#matrix').toDataURL()")
    opened.evaluate(
        "(s => { s.value = 'worst'; s.dispatchEvent(new Event('change')); })(document.querySelector('#matrix-order'))"
    )
    opened.frames(2)
    assert opened.evaluate("document.querySelector('#matrix').toDataURL()") != before


def test_a_head_sorts_its_table(opened: Browser) -> None:
    column = "[...document.querySelectorAll('#classes tbody tr')].map(row => row.cells[0].textContent)"
    assert opened.evaluate(column) == ["chair", "night stand", "lamp"]
    opened.evaluate("document.querySelectorAll('#classes th button')[2].click()")
    assert opened.evaluate(column) == ["chair", "lamp", "night stand"]
    opened.evaluate("document.querySelectorAll('#classes th button')[2].click()")
    assert opened.evaluate(column) == ["night stand", "lamp", "chair"]


def test_a_camera_and_its_row_light_up_together(opened: Browser) -> None:
    opened.into_sight("#rig")
    opened.evaluate(
        "document.querySelectorAll('table.views tbody tr')[1].dispatchEvent(new Event('pointerenter'))"
    )
    assert (
        opened.evaluate("document.querySelector('#rig-says').textContent")
        == "view 1 · alone 25.0 % · weight 0.5"
    )
    assert opened.evaluate("document.querySelectorAll('tr.lit').length") == 1


def test_a_legend_entry_leaves_its_colour_and_pales_the_others(opened: Browser) -> None:
    cloud = "canvas[data-cloud='1']"
    opened.into_sight(cloud)
    strong = (
        f"(c => {{ const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0;"
        f"for (let i = 3; i < d.length; i += 4) n += d[i] === 255; return n; }})(document.querySelector({cloud!r}))"
    )
    everything = opened.evaluate(strong)
    button = "document.querySelectorAll('.card')[1].querySelectorAll('.legend button')[0]"
    opened.evaluate(f"{button}.click()")
    opened.frames(2)
    assert 0 < opened.evaluate(strong) < everything
    assert opened.evaluate(f"{button}.getAttribute('aria-pressed')") == "true"
    opened.evaluate(f"{button}.click()")
    opened.frames(2)
    assert opened.evaluate(strong) == everything


def test_mistakes_can_be_shown_alone(opened: Browser) -> None:
    opened.evaluate(
        "(s => { s.value = 'false'; s.dispatchEvent(new Event('change')); })(document.querySelector('#samples-shown'))"
    )
    shown = "[...document.querySelectorAll('.card')].filter(card => !card.hidden).length"
    assert opened.evaluate(shown) == 1


def test_options_narrow_down(opened: Browser) -> None:
    opened.evaluate(
        "(i => { i.value = 'split'; i.dispatchEvent(new Event('input')); })(document.querySelector('#options-filter'))"
    )
    rows = "[...document.querySelectorAll('#options-table tbody tr')].filter(row => !row.hidden).length"
    assert opened.evaluate(rows) == 1


def test_predictions_can_be_searched(opened: Browser) -> None:
    rows = "[...document.querySelectorAll('#predictions-table tbody tr')].filter(r => !r.hidden)"
    assert opened.evaluate(f"{rows}.length") == 3
    opened.evaluate(
        "(i => { i.value = 'lamp SCANS'; i.dispatchEvent(new Event('input')); })"
        "(document.querySelector('#predictions-filter'))"
    )
    assert opened.evaluate(f"{rows}.map(r => r.cells[0].textContent)") == ["scans/b.ply"]


def test_an_evil_name_is_shown_and_does_nothing(opened: Browser) -> None:
    assert opened.evaluate("document.title") == "zero-shot classification of toys"
    assert opened.evaluate("document.querySelectorAll('h3')[3].textContent") == EVIL
    assert opened.evaluate("document.querySelectorAll('img[src=x]').length") == 0


def test_even_markup_that_got_in_could_run_nothing(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_report(path, classified())
    forced = (
        "<script>document.title = 'hacked'</script><img src=x onerror=\"document.title = 'hacked'\"><main>"
    )
    path.write_text(path.read_text(encoding="utf-8").replace("<main>", forced), encoding="utf-8")
    browser.open(path)
    assert browser.evaluate("document.title") == "zero-shot classification of toys"
    assert browser.evaluate("document.documentElement.dataset.ready") == "true"


@pytest.mark.parametrize(
    "more",
    [
        {"gallery": (), "confusion": None, "record": record(metrics={}, per_view=None)},
        {"gallery": (), "cameras": ()},
        {"gallery": (GalleryItem("x", None, (), ()),)},
    ],
)
def test_a_run_with_little_to_show_is_shown_without_an_error(
    browser: Browser, tmp_path: Path, more: dict[str, Any]
) -> None:
    write_report(tmp_path / "report.html", classified(**more))
    browser.open(tmp_path / "report.html")
    assert browser.evaluate("document.documentElement.dataset.ready") == "true"
    assert browser.errors == []


@pytest.mark.parametrize("dark", [False, True])
def test_text_stands_out_from_the_page_by_day_and_by_night(
    browser: Browser, page: Path, tmp_path: Path, dark: bool
) -> None:
    browser.open(page, dark=dark)
    colour = "(style => [style.backgroundColor, style.color])(getComputedStyle(document.body))"
    paper, ink = ([int(v) / 255 for v in text[4:-1].split(",")] for text in browser.evaluate(colour))
    light = [
        sum(share * value**2.2 for share, value in zip((0.2126, 0.7152, 0.0722), rgb, strict=True))
        for rgb in (paper, ink)
    ]
    assert (light[0] < light[1]) == dark
    assert (max(light) + 0.05) / (min(light) + 0.05) > 7
    with Image.open(browser.screenshot(tmp_path / "page.png")) as picture:
        assert picture.size == (1280, 900)
        assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 100


def test_a_narrow_window_needs_no_sideways_scrolling(browser: Browser, page: Path) -> None:
    browser.resize(390, 800, ratio=2)
    try:
        browser.open(page)
        assert browser.evaluate("document.documentElement.scrollWidth") <= 390
    finally:
        browser.resize(1280, 900)
