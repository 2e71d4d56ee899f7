"""The commands that answer, as they are typed."""

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pointclip2 import PointCLIP
from pointclip2.app.cli import main
from tests.app.answers.things import chair, write_chair_mesh, write_points
from tests.places import ROOT


def answered(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[str], list[str]]:
    """Return the exit status, and the lines that were printed as answers and beside them."""
    capsys.readouterr()
    status = main(words)
    printed = capsys.readouterr()
    return status, printed.out.splitlines(), printed.err.splitlines()


@pytest.fixture
def scans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_points(tmp_path / "a=b, [1] (2).xyz", chair())
    write_chair_mesh(tmp_path / "stühle~.obj")
    return tmp_path


def test_a_file_gets_a_line(capsys: pytest.CaptureFixture[str], scans: Path) -> None:
    status, said, beside = answered(
        capsys, "classify", "stühle~.obj", "--names", "chair,table,lamp", "--up", "y"
    )
    assert status == 0
    [line] = said
    source, name, share, others = line.split("\t")
    assert (source, name) == ("stühle~.obj", "chair")
    assert share.endswith(" %")
    assert {other.rsplit(" ", 2)[0].strip("< ") for other in others.split(", ")} <= {"table", "lamp"}
    assert beside == []


def test_a_folder_gets_a_line_a_file_and_a_count(capsys: pytest.CaptureFixture[str], scans: Path) -> None:
    (scans / "torn.ply").write_bytes(b"ply\n")
    status, said, beside = answered(
        capsys, "classify", ".", "-n", "chair", "-n", '"sofa, blue",Lämp', "--table", "t.csv", "--up", "y"
    )
    assert status == 3
    assert [line.split("\t")[0] for line in said] == ["a=b, [1] (2).xyz", "stühle~.obj"]
    assert any("torn.ply" in line for line in beside)
    assert "never read: blue, Lämp (the model was not trained on these words)" in beside
    assert any(line.startswith("2 files: 2 chair; 1 could not be read") for line in beside)
    assert "p(sofa, blue)" in (scans / "t.csv").read_text(encoding="utf-8")


def test_json_is_an_object_a_line(capsys: pytest.CaptureFixture[str], scans: Path) -> None:
    (scans / "torn.ply").write_bytes(b"ply\n")
    status, said, _ = answered(
        capsys, "classify", "stühle~.obj", "torn.ply", "-n", "chair,lamp", "--json", "--up", "y"
    )
    assert status == 3
    first, second = map(json.loads, said)
    assert (first["source"], first["name"], first["is_none"]) == ("stühle~.obj", "chair", False)
    assert set(second) == {"source", "error"}


def test_names_may_lie_in_a_file_with_descriptions(capsys: pytest.CaptureFixture[str], scans: Path) -> None:
    (scans / "names.txt").write_text("chair: a seat with a back\nstreet lamp\n", encoding="utf-8")
    status, said, _ = answered(
        capsys, "classify", "stühle~.obj", "--names", "names.txt", "--json", "--up", "y"
    )
    assert status == 0
    assert {one["name"] for one in json.loads(said[0])["top"]} == {"chair", "street lamp"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["classify", "stuhle~.obj"], "stuhle~.obj does not exist (did you mean stühle~.obj?)"),
        (["classify", "stühle~.obj", "--names", ""], "--names is empty"),
        (["classify", "stühle~.obj", "--names", "a,A"], "the same"),
        (["classify", "stühle~.obj", "--names", "a", "--known"], "give one of them"),
        (["classify", "stühle~.obj", "--names", "list.txt"], "there is no such file"),
        (["classify", "stühle~.obj", "--names", "a", "--table", "nix/t.csv"], "there is no folder nix"),
        (["classify", "stühle~.obj", "--names", "a", "--table", "t.png"], "t.png: the ending"),
        (
            ["classify", "stühle~.obj", "--names", "a", "--backbone", "vit_b17"],
            "there is no backbone/vit_b17",
        ),
        (["classify", "stühle~.obj", "--names", "a", "--up", "w"], "unknown up 'w'"),
        (["classify", "empty"], "empty holds no files that can be read"),
        (["classify", "stühle~.obj", "--nonsense"], "No such option: --nonsense"),
        (["classify"], "Missing argument"),
        (["look", "empty"], "empty is a folder"),
        (["segment", "stühle~.obj"], "Missing option '--of'"),
        (["segment", "stühle~.obj", "--of", "gizmo"], "parts of 'gizmo' are not described"),
        (["segment", "stühle~.obj", "--of", "chair", "--out", "a.las"], "a.las: the ending"),
    ],
)
def test_a_mistake_is_one_sentence(
    capsys: pytest.CaptureFixture[str], scans: Path, words: list[str], said: str
) -> None:
    (scans / "empty").mkdir()
    status, printed, beside = answered(capsys, *words)
    assert (status, printed) == (1, [])
    [line] = beside
    assert said in line


def test_what_was_answered_before_a_stop_is_in_the_table(
    capsys: pytest.CaptureFixture[str], scans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = PointCLIP.stream

    def stopped(self: PointCLIP, given: Any, up: str | None = None) -> Iterator[Any]:
        for found in whole(self, given, up):
            yield found
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(PointCLIP, "stream", stopped)
    words = ["classify", ".", "--names", "chair,lamp", "--up", "y", "--table", "t.csv"]
    status, said, beside = answered(capsys, *words)
    assert status == 143
    with (scans / "t.csv").open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert f"{row['source']}\t{row['name']}" == "\t".join(said[0].split("\t")[:2])
    assert "written: t.csv, 1 of 2 files; --force replaces it" in beside
    assert beside[-1].startswith("stopped by SIGTERM, nothing is left half written")


def test_an_empty_folder_among_others_ends_nothing(capsys: pytest.CaptureFixture[str], scans: Path) -> None:
    (scans / "empty").mkdir()
    (scans / "b").mkdir()
    write_chair_mesh(scans / "b" / "stühle~.obj")
    status, said, beside = answered(
        capsys, "classify", "empty", "b", "stühle~.obj", "-n", "chair,lamp", "--up", "y"
    )
    assert status == 3
    assert [line.split("\t")[0] for line in said] == ["b/stühle~.obj", "stühle~.obj"]
    assert any("empty holds no files that can be read" in line for line in beside)


def test_a_detection_says_how_the_scan_was_taken(capsys: pytest.CaptureFixture[str], scans: Path) -> None:
    status, _, beside = answered(
        capsys, "detect", "a=b, [1] (2).xyz", "-n", "chair", "--up", "y", "--units", "cm"
    )
    assert status == 0
    assert "taken to be in centimetres, y up (--units, --up)" in beside
    assert json.loads((scans / "a=b, [1] (2)_boxes.json").read_text())["unit"] == "cm"


def test_what_exists_is_only_replaced_when_told_to(capsys: pytest.CaptureFixture[str], scans: Path) -> None:
    (scans / "t.csv").write_text("mine")
    words = ("classify", "stühle~.obj", "-n", "chair", "--table", "t.csv", "--up", "y")
    status, said, beside = answered(capsys, *words)
    assert (status, said) == (1, [])
    assert "t.csv exists already" in beside[0]
    assert (scans / "t.csv").read_text() == "mine"
    assert answered(capsys, *words, "--force")[0] == 0
    assert (scans / "t.csv").read_text().startswith("source,name")


def test_parts_are_written_for_every_row(capsys: pytest.CaptureFixture[str], scans: Path) -> None:
    words = (
        "segment",
        "a=b, [1] (2).xyz",
        "--of",
        "chair",
        "--parts",
        "back,seat,leg",
        "--out",
        "p.ply",
        "--up",
        "y",
    )
    status, said, beside = answered(capsys, *words, "--picture", "p.png")
    assert status == 0
    counts = {line.split()[0]: int(line.split()[1].replace(",", "")) for line in said}
    assert list(counts) == ["back", "seat", "leg"]
    assert sum(counts.values()) == 3000
    assert min(counts.values()) > 0
    assert "3,000 rows" in beside[-1]
    with Image.open(scans / "p.png") as picture:
        assert picture.width > 500


def test_no_such_file_is_said_within_a_second_and_without_torch(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pointclip2.app.cli import main\nstatus = main(['classify', 'no/such.ply', '-n', 'a'])\n"
        "assert status == 1\nassert 'torch' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "no/such.ply does not exist\n")


def test_a_closed_pipe_ends_the_command_quietly(scans: Path) -> None:
    for number in range(40):
        write_points(scans / f"{number}.xyz", chair(100))
    command = f"{sys.executable} -m pointclip2 classify . -n chair,table --up y 2>err | head -n 1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        cwd=scans,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1, 141)
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in (scans / "err").read_text()
    assert "BrokenPipe" not in (scans / "err").read_text()


def test_a_narrow_terminal_gets_the_answer_whole(
    capsys: pytest.CaptureFixture[str], scans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = scans / f"{'a' * 60}.xyz"
    write_points(long, chair(300))
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    status, said, _ = answered(capsys, "classify", long.name, "-n", "chair,table,lamp", "--up", "y")
    assert status == 0
    [line] = said
    assert len(line) <= 40 + 12  # with the terminal's own signs for bold
    assert "chair" in line
    assert "\N{HORIZONTAL ELLIPSIS}" in line
