"""The page of ``pointclip2 app`` in headless Chromium: dropped files, answers, parts, boxes; and nothing is kept."""

import ast
import http.client
import json
import os
import shlex
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from pointclip2.app.cli import main
from pointclip2.data.files.rows import read_rows
from pointclip2.show.gallery import per_cent
from pointclip2.show.palette import part_colour
from tests.app.answers.things import chair, surface, write_chair_mesh, write_points
from tests.places import ROOT
from tests.show.page.browser import Browser, browser_path

pytest.importorskip("gradio")
pytestmark = pytest.mark.skipif(
    browser_path() is None, reason="no Chromium: install one, or name it in CHROMIUM"
)

FRAME = "#answer-{0} iframe"
TOLD = "#answer-{0} iframe, #answer-{0} .problem"


@dataclass(frozen=True)
class Served:
    """A running ``pointclip2 app``."""

    address: str
    folder: Path
    """Where it puts what it has to put somewhere."""


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """Run the command on a free port until it is told to stop."""
    folder.mkdir()
    told = {"TMPDIR": str(folder), "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    program = subprocess.Popen(
        [sys.executable, "-m", "pointclip2", "app", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **told},
    )
    try:
        assert program.stdout is not None
        yield Served(program.stdout.readline().split()[0], folder)
    finally:
        program.send_signal(signal.SIGTERM)
        program.wait(20)
        program.stdout.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("app") / "temporary") as found:
        yield found


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    opened = Browser(tmp_path_factory.mktemp("profile"), (1280, 1100))
    yield opened
    opened.close()


@pytest.fixture
def page(browser: Browser, served: Served) -> Browser:
    return visited(browser, served)


def visited(browser: Browser, served: Served) -> Browser:
    browser.open(served.address)
    for part in ("#file input[type=file]", "#names textarea", "#ask-classify"):
        browser.until(f"document.querySelector({part!r})")
    return browser


def drop(page: Browser, file: Path) -> None:
    """Give a file to the page, and wait until it has arrived."""
    page.give("#file input[type=file]", file)
    page.until(f"document.querySelector('#file').textContent.includes({file.stem!r})")


def open_tab(page: Browser, name: str) -> None:
    page.evaluate(f"document.querySelector('button[role=tab][data-tab-id={name}]').click()")
    page.until(f"document.querySelector('#ask-{name}')?.offsetParent")
    page.frames(4)


def ask(page: Browser, name: str) -> str:
    """Press a button; returns what the page then says."""
    press(page, name)
    return said(page, name)


def press(page: Browser, name: str) -> None:
    page.evaluate(
        f"(old => old && old.remove())(document.querySelector({TOLD.format(name)!r})),"
        f"document.querySelector('#ask-{name}').click()"
    )


def said(page: Browser, name: str) -> str:
    """Wait for an answer; returns its text."""
    page.until(f"document.querySelector({TOLD.format(name)!r})")
    inside = f"document.querySelector({FRAME.format(name)!r})"
    page.until(f"!{inside} || {inside}.contentDocument?.documentElement?.dataset.ready === 'true'")
    page.frames(4)
    text: str = page.evaluate(
        f"(f => f ? f.contentDocument.body.innerText : document.querySelector('#answer-{name}').innerText)({inside})"
    )
    return text


def pixels(page: Browser, name: str) -> set[tuple[int, int, int]]:
    """Return the colours that the cloud of an answer has on the page."""
    found = page.evaluate(
        f"(c => [...new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer))])"
        f"(document.querySelector({FRAME.format(name)!r}).contentDocument.querySelector('canvas'))"
    )
    return {(value & 255, value >> 8 & 255, value >> 16 & 255) for value in found}


def written_as(page: Browser, name: str, language: str) -> str:
    """Return the command line or the Python of an answer."""
    page.evaluate(
        "[...document.querySelectorAll('button.label-wrap:not(.open)')]"
        ".filter(one => one.offsetParent && one.innerText.startsWith('The same')).forEach(one => one.click())"
    )
    page.until(f"document.querySelector('#{language}-{name} .cm-line')")
    lines: list[str] = page.evaluate(
        f"[...document.querySelectorAll('#{language}-{name} .cm-line')].map(line => line.textContent)"
    )
    return "\n".join(lines)


def kept(served: Served) -> list[str]:
    """Return the files with content in the folder of the server."""
    return sorted(path.name for path in served.folder.rglob("*") if path.is_file() and path.stat().st_size)


def test_a_file_and_names_give_an_answer_and_nothing_is_asked_of_the_network(
    page: Browser, served: Served, tmp_path: Path
) -> None:
    drop(page, write_chair_mesh(tmp_path / "stühle (1).obj"))
    text = ask(page, "classify").splitlines()
    assert text[0].startswith("chair, ")
    assert "stühle (1).obj" in text
    assert {"table", "lamp"} <= set(text)
    assert len(pixels(page, "classify")) > 40
    assert kept(served) == []
    assert page.errors == []
    asked = [url for url in page.requests if not url.startswith(("data:", "about:", "blob:"))]
    assert [url for url in asked if not url.startswith(served.address)] == []


@pytest.mark.slow
def test_the_command_line_and_the_python_give_the_same_answer(
    page: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    drop(page, write_points(tmp_path / "a chair.xyz", chair()))
    page.write("#names textarea", '"sofa, blue", chair\nLämp')
    shown = ask(page, "classify").splitlines()
    monkeypatch.chdir(tmp_path)
    words = shlex.split(written_as(page, "classify", "shell"))
    assert main([*words[1:], "--json"]) == 0
    by_command = json.loads(capsys.readouterr().out)
    exec(written_as(page, "classify", "python"))
    by_python = ast.literal_eval(capsys.readouterr().out)
    assert by_command == by_python
    at = shown.index(by_command["top"][0]["name"])
    assert shown[at : at + 6 : 2] == [one["name"] for one in by_command["top"]]
    assert shown[at + 1 : at + 6 : 2] == [per_cent(one["probability"]) for one in by_command["top"]]


@pytest.mark.slow
def test_parts_have_their_colours_and_can_be_downloaded(
    page: Browser, served: Served, tmp_path: Path
) -> None:
    file = write_points(tmp_path / "chair.xyz", chair() * 40 + 1000)
    drop(page, file)
    open_tab(page, "segment")
    page.write("#parts textarea", "back, seat, leg")
    text = ask(page, "segment")
    assert text.startswith("chair: ")
    for number in range(3):
        assert near(part_colour(number), pixels(page, "segment"))
    link = page.evaluate("document.querySelector('#answer-segment a').href")
    with urllib.request.urlopen(link) as answer:
        assert "chair_parts.ply" in answer.headers["Content-Disposition"]
        (tmp_path / "got.ply").write_bytes(answer.read())
    got = read_rows(tmp_path / "got.ply")
    np.testing.assert_allclose(got.points, read_rows(file).points, rtol=1e-7)
    assert set(np.unique(got.columns["part"])) <= {0, 1, 2}
    page.open("about:blank")
    wait_until_gone(page, served)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(link)


def wait_until_gone(page: Browser, served: Served) -> None:
    for _ in range(100):
        if not kept(served):
            return
        page.frames(10)
    raise AssertionError(f"still there: {kept(served)}")


def near(colour: tuple[int, int, int], found: set[tuple[int, int, int]]) -> bool:
    """Return whether a colour is there, however it is lit."""
    want = np.array(colour) / np.linalg.norm(colour)
    there = np.array(sorted(found), dtype=float)
    length = np.linalg.norm(there, axis=1)
    return bool(((there @ want)[length > 60] / length[length > 60]).max() > 0.999)


@pytest.mark.slow
def test_a_room_has_boxes_that_can_be_downloaded(page: Browser, tmp_path: Path) -> None:
    floor = surface((((0.0, 0.0, 0.0), (4.0, 3.0, 0.02)),), 20_000)
    seat = chair(6000)[:, [0, 2, 1]] * [1, -1, 1]
    room = np.concatenate([floor, *(seat + np.array(at) for at in ((1, 1, 0.02), (3, 2, 0.02)))])
    drop(page, write_points(tmp_path / "room.xyz", room))
    open_tab(page, "detect")
    page.write("#things textarea", "chair, table")
    text = ask(page, "detect")
    with urllib.request.urlopen(page.evaluate("document.querySelector('#answer-detect a').href")) as answer:
        boxes = json.loads(answer.read())["boxes"]
    assert len(boxes) >= 2
    assert f"{len(boxes)} boxes" in text
    assert len(pixels(page, "detect")) > 40
    assert written_as(page, "detect", "shell") == (
        "pointclip2 detect room.xyz --names chair,table --out room_boxes.json"
    )


@pytest.mark.slow
def test_what_is_wrong_is_said_in_a_sentence(page: Browser, served: Served, tmp_path: Path) -> None:
    assert ask(page, "classify") == "there is no file yet: drop one on the page"
    (tmp_path / "torn.ply").write_bytes(b"ply\nformat ascii 1.0\n")
    drop(page, tmp_path / "torn.ply")
    assert (sentence := ask(page, "classify")).startswith("torn.ply: ")
    assert "\n" not in sentence
    for names, sentence in (
        ("", "there is no class to describe: name at least one"),
        ("chair, Chair", "classes 'chair' and 'Chair' are the same to a text encoder: keep one"),
        ("mug: a cup\nbowl\nbowl", "names has 'bowl' twice: keep one, or describe it"),
    ):
        page.write("#names textarea", names)
        assert ask(page, "classify") == sentence
    visited(page, served)
    drop(page, write_chair_mesh(tmp_path / "thing.obj"))
    open_tab(page, "segment")
    page.write("#of textarea", "zeppelin")
    assert ask(page, "segment") == (
        "parts of 'zeppelin' are not described here: name them, such as back,seat,leg"
    )


@pytest.mark.slow
def test_a_large_file_is_refused_with_a_sentence_and_not_kept(
    page: Browser, served: Served, tmp_path: Path
) -> None:
    with (tmp_path / "large.ply").open("wb") as file:
        file.truncate(200_000_000)
    page.give("#file input[type=file]", tmp_path / "large.ply")
    page.until("document.body.innerText.includes('exceed the maximum allowed size of 150')")
    # Whoever does not use the page is refused by the server.
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="large.ply"\r\n\r\n'
    connection = http.client.HTTPConnection(served.address.removeprefix("http://"), timeout=60)
    length = len(head) + 200_000_000 + 9
    connection.putrequest("POST", "/gradio_api/upload")
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", str(length))
    connection.endheaders(head)
    try:
        for _ in range(200):
            connection.send(bytes(1_000_000))
        connection.send(b"\r\n--x--\r\n")
    except OSError:  # it hung up
        pass
    else:
        assert connection.getresponse().status == 413
    connection.close()
    wait_until_gone(page, served)


@pytest.mark.slow
def test_a_path_on_the_machine_is_no_upload(served: Served, tmp_path: Path) -> None:
    file = write_points(tmp_path / "private.xyz", chair())
    with urllib.request.urlopen(f"{served.address}/config") as answer:
        asks = [one["id"] for one in json.load(answer)["dependencies"] if len(one["inputs"]) == 5]
    told = {"path": str(file), "meta": {"_type": "gradio.FileData"}}
    question = {"data": [told, "chair", "tiny", "y", 1024], "fn_index": asks[0], "session_hash": "thief"}
    body = json.dumps(question).encode()
    join = urllib.request.Request(
        f"{served.address}/gradio_api/queue/join", body, {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(join).close()
    with urllib.request.urlopen(f"{served.address}/gradio_api/queue/data?session_hash=thief") as events:
        done = next(line for line in events if b"process_completed" in line)
    assert b'"success":false' in done
    assert b"iframe" not in done
    assert file.exists()
    assert kept(served) == []


@pytest.mark.slow
def test_two_people_ask_at_once_and_each_gets_an_own_answer(
    page: Browser, served: Served, tmp_path: Path
) -> None:
    other = Browser(tmp_path / "profile", (1280, 1100))
    try:
        visited(other, served)
        drop(page, write_chair_mesh(tmp_path / "first.obj"))
        drop(
            other, write_points(tmp_path / "second.xyz", surface((((0.0, 0.0, 0.0), (1.0, 0.1, 1.0)),), 2000))
        )
        other.write("#names textarea", "door, plate, box")
        for one in (page, other):
            press(one, "classify")
        for one, theirs, others in ((page, "first.obj", "second.xyz"), (other, "second.xyz", "first.obj")):
            text = said(one, "classify")
            assert theirs in text
            assert others not in text
    finally:
        other.close()


@pytest.mark.slow
def test_nothing_is_left_when_the_program_ends(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path / "temporary") as served:
        page = visited(browser, served)
        drop(page, write_chair_mesh(tmp_path / "thing.obj"))
        open_tab(page, "segment")
        ask(page, "segment")
        assert kept(served) == ["thing_parts.ply"]
    assert list(served.folder.iterdir()) == []
