import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pointclip2.stopping import Stopped, handled
from pointclip2.writing import replacing, write_text
from tests.places import ROOT


def test_a_failed_write_leaves_nothing_behind_and_the_old_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def half() -> None:
        with replacing(path) as temporary:
            temporary.write_text("ha")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_written_takes_the_place_of_what_was(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    write_text(path, "für alle\n")
    assert path.read_bytes() == "für alle\n".encode()
    assert list(tmp_path.iterdir()) == [path]


WRITING = """
import sys, time
from pathlib import Path
from pointclip2.writing import replacing
with replacing(Path(sys.argv[1])) as temporary:
    temporary.write_text("ha")
    print("writing", flush=True)
    time.sleep(60)
"""


def test_what_a_killed_run_left_is_removed_by_the_next_writer_and_what_a_live_one_writes_is_not(
    tmp_path: Path,
) -> None:
    killed, live = (
        subprocess.Popen(
            [sys.executable, "-c", WRITING, str(tmp_path / name)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for name in ("killed", "live")
    )
    for process in (killed, live):
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
    killed.kill()
    killed.wait()
    others = (tmp_path / ".note.txt", tmp_path / ".rows.part", tmp_path / "rows.0a0a0a0a-0b0b0b0b.part")
    for path in others:
        path.write_text("mine")
    write_text(tmp_path / "mine", "new")
    left = {path.name for path in tmp_path.iterdir() if path.name.endswith(".part")}
    live.kill()
    live.communicate()
    killed.communicate()
    assert len(left) == 3
    assert [name for name in left if name.startswith(".live.")]
    assert not [name for name in left if name.startswith(".killed.")]
    assert all(path.read_text() == "mine" for path in others)


@pytest.mark.parametrize(("days", "stays"), [(0.9, True), (1.1, False)])
@pytest.mark.parametrize(
    "name", [".file.00000000-0a0b0c0d.part", ".file.123-0a0b0c0d", ".file.0a0b0c0d.part"]
)
def test_what_another_machine_or_an_earlier_version_left_is_removed_after_a_day(
    tmp_path: Path, name: str, days: float, stays: bool
) -> None:
    left = tmp_path / name
    left.write_text("ha")
    then = time.time() - days * 86400
    os.utime(left, (then, then))
    write_text(tmp_path / "file", "new")
    assert left.exists() == stays


def test_a_signal_waits_until_the_file_is_in_its_place(tmp_path: Path) -> None:
    def write() -> None:
        with replacing(tmp_path / "file") as temporary:
            os.kill(os.getpid(), signal.SIGTERM)
            temporary.write_text("whole")

    with handled(), pytest.raises(Stopped):
        write()
    assert (tmp_path / "file").read_text() == "whole"
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]
