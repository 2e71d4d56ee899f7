"""Runs side by side: columns, marks and formats."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from pointclip2.app.records import main
from pointclip2.errors import DataError
from pointclip2.show.comparison import as_csv, as_markdown, best_of, print_comparison, rows_of, runs
from pointclip2.show.summary import draw_summary, job_names

ALIASES = b"- &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"- &%c [%s]\n" % (letter + 1, b",".join([b"*%c" % letter] * 9)) for letter in b"abcdefgh"
)
"""A kilobyte that stands for billions of words."""


def recorded(
    folder: Path, acc: float | None, selected_on: str = "none", *overrides: str, **more: Any
) -> Path:
    (folder / ".hydra").mkdir(parents=True)
    (folder / ".hydra" / "overrides.yaml").write_text("\n".join(f"- {word}" for word in overrides) or "[]")
    record = {
        "task": "classification",
        "data": {"name": "shapes", "split": "test"},
        "backbone": {"id": "tiny"},
        "prompt": {"name": "bank"},
        "view_weights": {"source": "uniform"},
        "metrics": {} if acc is None else {"test/acc": acc, "test/acc_class/chair": 1.0},
        "selected_on": selected_on,
        "seconds": {"total": 1.25},
    }
    (folder / "results.json").write_text(json.dumps(record | more))
    return folder


def failed(folder: Path, *overrides: str) -> Path:
    (folder / ".hydra").mkdir(parents=True)
    (folder / ".hydra" / "overrides.yaml").write_text("\n".join(f"- {word}" for word in overrides))
    (folder / "FAILED").write_text("ConfigError: no\nsuch thing\n")
    return folder


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    folder = tmp_path / "sweep"
    recorded(folder / "0", 0.5, "none", "prompt=name", "seed=0")
    recorded(
        folder / "1",
        0.7,
        "test",
        "prompt=bank",
        "seed=0",
        search={"name": "grid", "before": {"test/acc": 0.4}},
    )
    recorded(folder / "2", 0.6, "holdout", "prompt=bank", "seed=0")
    recorded(folder / "10", None, "none", "prompt=name", "seed=0")
    failed(folder / "3", "prompt=file", "seed=0")
    (folder / "notes").mkdir()
    return folder


def test_what_was_typed_as_a_reference_is_shown_as_one(tmp_path: Path) -> None:
    recorded(tmp_path / "0", 0.5, "none", "data.path=${paths.data}/x")
    assert rows_of([tmp_path])[0]["data.path"] == "${paths.data}/x"


def test_a_sweep_is_its_jobs_in_order(sweep: Path) -> None:
    rows = rows_of([sweep])
    assert [row["job"] for row in rows] == ["0", "1", "2", "3", "10"]
    assert [row.get("test/acc") for row in rows] == [0.5, 0.7, 0.6, None, None]
    assert rows[1]["test/acc before"] == 0.4
    assert rows[3]["error"] == "ConfigError: no\nsuch thing"
    assert not any("test/acc_class/chair" in row for row in rows)


def test_runs_of_anywhere_are_compared_by_what_they_were(sweep: Path, tmp_path: Path) -> None:
    alone = recorded(tmp_path / "alone", 0.9)
    rows = rows_of([alone / "results.json", sweep / "1", sweep])
    assert [row["run"] for row in rows[:2]] == [str(alone), str(sweep / "1")]
    assert len(rows) == 6  # a run that is named twice is one
    assert rows[0]["data"] == "shapes/test"
    assert rows[0]["backbone"] == "tiny"


def test_what_saw_the_test_labels_is_never_the_best(sweep: Path) -> None:
    assert best_of(rows_of([sweep]), "test/acc") == [2]
    table = as_markdown(rows_of([sweep]), "test/acc").splitlines()
    assert table[2].startswith("|  | 0 |")
    assert table[3].startswith("| oracle | *1* |")
    assert "TEST LABELS" in table[3]
    assert table[4].startswith("| best | **2** |")
    assert "**60.00**" in table[4]


def test_equal_figures_are_equally_good(tmp_path: Path) -> None:
    folders = [recorded(tmp_path / str(number), acc) for number, acc in enumerate((0.5, 0.5, 0.4))]
    assert best_of(rows_of(folders), "test/acc") == [0, 1]


def test_csv_has_every_column_and_fractions(sweep: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(rows_of([sweep])))))
    assert rows[1]["test/acc"] == "0.7"
    assert rows[0]["seed"] == "0"
    assert list(rows[0])[-3:] == ["selected_on", "seconds", "error"]


def test_what_is_the_same_everywhere_is_left_out_for_readers(sweep: Path) -> None:
    header = as_markdown(rows_of([sweep]), "test/acc").splitlines()[0]
    assert "prompt" in header
    assert "seed" not in header


def test_a_bar_in_a_value_does_not_break_the_table(tmp_path: Path) -> None:
    folders = [recorded(tmp_path / str(n), 0.5, "none", f"prompt.template=a|{n}") for n in range(2)]
    assert "a\\|1" in as_markdown(rows_of(folders), "test/acc")


def test_the_command_prints_text_csv_and_markdown(sweep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(sweep)]) == 0
    text = capsys.readouterr().out
    assert "best" in text
    assert "oracle: selected on the TEST labels" in text
    assert "60.00" in text
    assert main([str(sweep), "--format", "csv"]) == 0
    assert capsys.readouterr().out == as_csv(rows_of([sweep]))
    assert main([str(sweep), "--format", "markdown", "--sort"]) == 0
    assert [line.split(" | ")[1] for line in capsys.readouterr().out.splitlines()[2:5]] == [
        "*1*",
        "**2**",
        "0",
    ]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("results.json", b'{"metrics": '),
        ("results.json", b'{"metrics": 1}'),
        (".hydra/overrides.yaml", b"[\xff"),
        (".hydra/overrides.yaml", b"{a: 1}"),
        (".hydra/overrides.yaml", ALIASES),
    ],
)
def test_a_damaged_record_is_told_and_left_out(
    sweep: Path, capsys: pytest.CaptureFixture[str], file: str, content: bytes
) -> None:
    (sweep / "1" / file).write_bytes(content)
    (sweep / "10" / "FAILED").write_bytes(b"no\xffthing")
    with pytest.raises(DataError, match="run it again"):
        rows_of([sweep])
    assert main([str(sweep), "--format", "csv"]) == 3
    printed = capsys.readouterr()
    assert [row["job"] for row in csv.DictReader(io.StringIO(printed.out))] == ["0", "2", "3", "10"]
    [line] = printed.err.splitlines()
    assert line.startswith(f"left out: {sweep / '1' / file} ")
    assert line.endswith(": run it again")


def test_the_command_says_in_one_line_what_it_cannot_use(
    sweep: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "results.json").write_text('{"metrics": ')
    for words, told in (
        ([str(tmp_path / "nowhere")], "neither results.json nor FAILED"),
        ([str(sweep), "--metric", "test/miou"], "--metric test/miou: these runs have test/acc"),
        ([str(tmp_path / "torn")], "results.json is damaged"),
    ):
        assert main(words) == 1
        error = capsys.readouterr().err
        assert told in error
        assert error.count("\n") == 1


def test_a_folder_without_runs_is_named_and_the_others_are_compared(
    sweep: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "begun").mkdir()
    assert main([str(sweep), str(tmp_path / "begun"), "--format=csv"]) == 0
    said = capsys.readouterr()
    assert len(list(csv.DictReader(io.StringIO(said.out)))) == 5
    assert said.err.startswith(str(tmp_path / "begun"))
    assert len(said.err.splitlines()) == 1


def test_each_kind_of_measurement_has_a_table_of_its_own(
    sweep: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded(
        tmp_path / "rooms" / "0", None, task="detection", metrics={"test/map_25": 0.31, "test/ar_25": 0.8}
    )
    assert main([str(sweep), str(tmp_path / "rooms" / "0")]) == 0
    first, second = capsys.readouterr().out.split("runs side by side")[1:]
    assert "test/acc" in first
    assert "map_25" not in first
    assert "test/map_25" in second
    assert "test/acc" not in second
    assert "sweep/2" in first
    assert "ConfigError: no such thing" in first
    assert [line for line in second.splitlines() if "best" in line and "rooms/0" in line]
    assert main([str(sweep), str(tmp_path / "rooms" / "0"), "--format=markdown"]) == 0
    first, second = capsys.readouterr().out.split("\n\n")
    assert "map_25" not in first
    assert "**31.00**" in second
    assert "test/acc" not in second


def test_a_folder_of_sweeps_gives_the_jobs_of_all(
    sweep: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded(tmp_path / "another" / "0", 0.9, "none", "prompt=name")
    recorded(tmp_path / "another" / "1", 0.8, "none", "prompt=bank")
    assert main([str(tmp_path), "--format=csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 7
    assert [row["run"] for row in rows[:2]] == [str(tmp_path / "another" / job) for job in ("0", "1")]
    assert main([str(sweep), "--format=csv"]) == 0
    assert "job" in csv.DictReader(io.StringIO(capsys.readouterr().out)).__next__()


def test_a_folder_without_runs_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="give the folder of a run, of a sweep or of sweeps"):
        runs([tmp_path])


def test_it_answers_without_torch() -> None:
    import subprocess
    import sys

    program = "import sys, pointclip2.records, pointclip2.app.sweep; print({'torch', 'lightning'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_picture_names_jobs_by_what_differs_and_marks_oracles(sweep: Path) -> None:
    rows = [row for row in rows_of([sweep]) if "test/acc" in row]
    assert job_names(rows) == ["prompt=name", "prompt=bank", "prompt=bank"]
    path = draw_summary(sweep / "summary.png", rows_of([sweep]), "test/acc")
    assert path is not None
    assert path.read_bytes().startswith(b"\x89PNG")
    assert draw_summary(sweep / "none.png", rows_of([sweep / "10"]), "test/acc") is None
    assert not (sweep / "none.png").exists()


def test_a_large_sweep_is_drawn_by_its_best_jobs(tmp_path: Path) -> None:
    rows = [{"job": str(n), "prompt.seed": n, "test/acc": n / 500, "selected_on": "none"} for n in range(300)]
    path = draw_summary(tmp_path / "summary.png", rows, "test/acc")
    assert path is not None
    from PIL import Image

    with Image.open(path) as image:
        assert image.height < 3000


def test_brackets_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    print_comparison([{"job": "0", "error": "no such file [/tmp/x]; open the door: plugins=[mypackage]"}])
    assert "no such file [/tmp/x]; open the door: plugins=[mypackage]" in capsys.readouterr().out
