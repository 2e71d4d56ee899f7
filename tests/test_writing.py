from pathlib import Path

import pytest

from pointclip2.writing import replacing, write_text


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
