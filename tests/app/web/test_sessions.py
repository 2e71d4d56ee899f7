"""What open pages hold, and that nothing of it is left."""

from pathlib import Path

import pytest

from pointclip2.app.web import sessions
from pointclip2.app.web.sessions import Sessions
from pointclip2.errors import ConfigError


@pytest.fixture
def held(tmp_path: Path) -> Sessions:
    (tmp_path / "own" / "uploads").mkdir(parents=True)
    return Sessions(tmp_path / "own")


def uploaded(folder: Path, name: str, content: str) -> Path:
    """A file as the server puts it: in a folder that is called after its content."""
    path = folder / "own" / "uploads" / f"hash of {content}" / name
    path.parent.mkdir(parents=True)
    path.write_text(content, encoding="utf-8")
    return path


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_an_uploaded_file_is_on_the_disk_only_while_it_is_read(held: Sessions, tmp_path: Path) -> None:
    dropped = uploaded(tmp_path, "stuhl ä.ply", "one")
    held.take("a", dropped)
    assert files(tmp_path) == []
    for _ in range(2):
        with held.file("a", dropped) as path:
            assert (path.name, path.read_text(encoding="utf-8")) == ("stuhl ä.ply", "one")
        assert files(tmp_path) == []


def test_a_file_is_taken_whether_the_drop_or_the_question_comes_first(held: Sessions, tmp_path: Path) -> None:
    dropped = uploaded(tmp_path, "x.ply", "one")
    with held.file("a", dropped) as path:
        assert path.read_text() == "one"
    held.take("a", dropped)
    # Dropped once more, it does not stay on the disk.
    held.take("a", uploaded(tmp_path, "x.ply", "one"))
    assert files(tmp_path) == []


def test_two_pages_can_be_given_the_same_file_at_once(held: Sessions, tmp_path: Path) -> None:
    path = uploaded(tmp_path, "x.ply", "one")
    held.take("a", path)
    held.take("b", path)
    held.forget("a")
    with held.file("b", path) as found:
        assert found.read_text() == "one"
    held.forget("b")
    with pytest.raises(ConfigError, match=r"x\.ply was let go to make room: drop it again"):
        held.take("c", path)


def test_a_path_that_was_not_uploaded_is_refused_and_stays(held: Sessions, tmp_path: Path) -> None:
    other = tmp_path / "private" / "x.ply"
    other.parent.mkdir()
    other.write_text("secret")
    (tmp_path / "own" / "uploads" / "hash").mkdir()
    link = tmp_path / "own" / "uploads" / "hash" / "x.ply"
    link.symlink_to(other)
    for path in (other, link, tmp_path / "own" / "uploads" / ".." / ".." / "private" / "x.ply"):
        with pytest.raises(ConfigError, match=r"x\.ply was not uploaded"):
            held.take("a", path)
    assert other.read_text() == "secret"
    with pytest.raises(ConfigError, match="there is no file yet"), held.file("a", None):
        pass


def test_a_closed_page_leaves_nothing(held: Sessions, tmp_path: Path) -> None:
    dropped = uploaded(tmp_path, "x.ply", "one")
    held.take("a", dropped)
    result = held.result("a", "x_parts.ply")
    result.write_text("parts")
    assert held.written(result.parent.name) == result
    held.forget("a")
    assert held.written(result.parent.name) is None
    assert list((tmp_path / "own").iterdir()) == [held.uploads]
    with pytest.raises(ConfigError), held.file("a", dropped):
        pass


def test_the_next_result_takes_the_place_of_the_last(held: Sessions, tmp_path: Path) -> None:
    first, other = held.result("a", "x.ply"), held.result("b", "y.ply")
    first.write_text("first")
    other.write_text("other")
    second = held.result("a", "x.ply")
    second.write_text("second")
    assert held.written(first.parent.name) is None
    assert files(tmp_path / "own") == ["x.ply", "y.ply"]
    assert second.read_text() == "second"


def test_the_file_that_was_asked_about_least_recently_is_let_go(
    held: Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "MOST_BYTES", 7)
    dropped = {page: uploaded(tmp_path, "x.ply", content) for page, content in (("a", "one"), ("b", "two"))}
    for page, path in dropped.items():
        held.take(page, path)
    with held.file("a", dropped["a"]):
        pass
    held.take("c", uploaded(tmp_path, "x.ply", "six"))
    with pytest.raises(ConfigError, match="drop it again"), held.file("b", dropped["b"]):
        pass
    with held.file("a", dropped["a"]) as first:
        assert first.read_text() == "one"
