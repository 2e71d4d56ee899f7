"""What a run writes when its disk is full: into the next place that takes it, and it says where."""

from pathlib import Path

import pytest

from pointclip2.tasks.run import Run
from tests.toy import composed, toy_folder, toy_overrides, toy_run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    words = toy_overrides(toy_folder(tmp_path / "toy"), tmp_path)
    made = toy_run(composed("evaluate", [*words, f"run_dir={tmp_path / 'run'}"]))
    made.elsewhere = (tmp_path / "second", tmp_path / "third")
    return made


def test_what_the_folder_takes_lies_there_and_nothing_is_said(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    assert run.keep("a.txt", lambda folder: (folder / "a.txt").write_text("a")) == run.folder
    assert caplog.records == []


def test_a_full_disk_sends_it_to_the_first_that_takes_it_with_one_line(
    run: Run, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    (tmp_path / "second").write_text("in the way")

    def write(folder: Path) -> None:
        if folder == run.folder:
            raise OSError(28, "No space left on device")
        (folder / "a.txt").write_text("a")

    for _ in range(2):
        assert run.keep("a.txt", write) == tmp_path / "third"
    (record,) = caplog.records
    told = f"{run.folder / 'a.txt'} could not be written (No space left on device): it lies in "
    assert record.message == f"{told}{tmp_path / 'third'}"


def test_where_nothing_can_be_written_the_run_goes_on_and_says_so(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    def write(folder: Path) -> None:
        raise OSError(30, "Read-only file system")

    assert run.keep("a.txt", write) is None
    assert caplog.records[0].message.endswith("(Read-only file system): nor anywhere else")
