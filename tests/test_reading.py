"""Files of others: only regular ones are opened, and what they promise is compared with what they hold."""

import os
import socket
from pathlib import Path

import pytest

from pointclip2.errors import is_transient
from pointclip2.reading import (
    FREE_POINTS,
    MAX_POINTS,
    VARIABLE,
    SpecialFileError,
    TooLargeError,
    check_aliases,
    check_points,
    check_unpacked,
    inside,
    open_regular,
    read_bytes,
    read_text,
    why_unreadable,
)


def test_a_pipe_a_device_a_socket_and_links_to_them_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        for name, kind in {
            "pipe": "pipe",
            "link": "pipe",
            "zero": "device",
            "socket": "socket",
            ".": "folder",
        }.items():
            with pytest.raises(
                SpecialFileError, match=f"it is a .*{kind}, and only files are read"
            ) as caught:
                read_bytes(tmp_path / name)
            assert not is_transient(caught.value)


def test_why_there_is_no_file_to_read_is_said(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").touch()
    assert why_unreadable(tmp_path / "file") == ""
    assert why_unreadable(tmp_path / "pipe") == "it is a named pipe, and only files are read"
    assert why_unreadable(tmp_path / "nowhere") == why_unreadable(tmp_path / "file" / "x") == "no such file"
    assert why_unreadable(f"{tmp_path}/a\0b") == "no such file"
    (tmp_path / "loop").symlink_to("loop")
    assert why_unreadable(tmp_path / "loop").startswith("it cannot be looked at (")


def test_what_a_file_names_is_looked_for_in_its_folder_alone(tmp_path: Path) -> None:
    assert inside(tmp_path, "a/../b/c.png") == tmp_path / "b" / "c.png"
    assert inside(tmp_path, "./c.png") == tmp_path / "c.png"
    for name in ("../c.png", "a/../../c.png", "/etc/passwd", "https://x/y", "a\0b", "\ud800.bin", ".."):
        assert inside(tmp_path, name) is None


def test_a_pipe_that_takes_a_files_place_meanwhile_does_not_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").touch()
    regular = os.stat(tmp_path / "file")
    monkeypatch.setattr(os, "stat", lambda path: regular)
    with pytest.raises(SpecialFileError):
        open_regular(tmp_path / "pipe")


def test_a_link_to_a_file_is_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\xef\xbb\xbfa\r\nb")
    (tmp_path / "link").symlink_to("file")
    assert read_text(tmp_path / "link") == "a\nb"


def test_points_are_limited_by_the_bytes_they_take_and_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check_points(MAX_POINTS)
    check_points(FREE_POINTS, 10)
    check_points(FREE_POINTS + 5, FREE_POINTS + 5)
    for count, size in ((MAX_POINTS + 1, None), (FREE_POINTS + 1, 10)):
        with pytest.raises(TooLargeError, match=f"set {VARIABLE}=") as caught:
            check_points(count, size)
        monkeypatch.setenv(VARIABLE, str(caught.value).rpartition("=")[2])
        check_points(count, size)
        monkeypatch.delenv(VARIABLE)


def test_what_unpacks_to_far_more_is_refused_until_it_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    check_unpacked(2**29, 5)
    check_unpacked(2**34, 2**30)
    with pytest.raises(TooLargeError, match="unpack to 6,000,000,000") as caught:
        check_unpacked(6 * 10**9, 10**6)
    monkeypatch.setenv(VARIABLE, str(caught.value).rpartition("=")[2])
    check_unpacked(6 * 10**9, 10**6)


def test_aliases_that_stand_for_billions_are_refused_and_ordinary_ones_read() -> None:
    check_aliases("a: &a [1, 2]\nb: *a\nc: {<<: *a}\n")
    check_aliases("a: '2 * 3'\nb: [*unknown\n")  # reading it says what is wrong
    bomb = "a0: &a0 [x]\n" + "".join(f"a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 9)}]\n" for i in range(9))
    with pytest.raises(TooLargeError, match="by its aliases"):
        check_aliases(bomb)
