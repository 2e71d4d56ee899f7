"""What open pages hold, and that nothing of it is left."""

from pathlib import Path

import pytest

from pointclip2.app.web import sessions
from pointclip2.app.web.sessions import Sessions
from pointclip2.errors import ConfigError


@pytest.fixture
def held(tmp_path: Path) -> Sessions:
    (tmp_path / "own").mkdir()
    return Sessions(tmp_path / "own")


def uploaded(folder: Path, name: str, content: str) -> Path:
    """A file as the server puts it: in a folder that is called after its content."""
    path = folder / "uploads" / f"hash of {content}" / name
    path.parent.mkdir(parents=True)
    path.write_text(content, encoding="utf-8")
    return path


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_an_uploaded_file_is_on_the_disk_only_while_it_is_read(held: Sessions, tmp_path: Path) -> None:
    held.take("a", uploaded(tmp_path, "stuhl ä.ply", "one"))
    assert files(tmp_path) == []
    for _ in range(2):
        with held.file("a") as path:
            assert (path.name, path.read_text(encoding="utf-8")) == ("stuhl ä.ply", "one")
        assert files(tmp_path) == []


def test_a_page_sees_its_own_file_and_no_other(held: Sessions, tmp_path: Path) -> None:
    held.take("a", uploaded(tmp_path, "x.ply", "one"))
    held.take("b", uploaded(tmp_path, "x.ply", "two"))
    with held.file("a") as first, held.file("b") as second:
        assert (first.read_text(), second.read_text()) == ("one", "two")
    with pytest.raises(ConfigError, match="there is no file yet"), held.file("c"):
        pass


def test_two_pages_can_be_given_the_same_file_at_once(held: Sessions, tmp_path: Path) -> None:
    path = uploaded(tmp_path, "x.ply", "one")
    held.take("a", path)
    held.take("b", path)
    held.forget("a")
    with held.file("b") as found:
        assert found.read_text() == "one"
    held.forget("b")
    with pytest.raises(ConfigError, match=r"x\.ply did not arrive: drop it again"):
        held.take("c", path)


def test_a_closed_page_leaves_nothing(held: Sessions, tmp_path: Path) -> None:
    held.take("a", uploaded(tmp_path, "x.ply", "one"))
    result = held.result("a", "x_parts.ply")
    result.write_text("parts")
    assert held.written(result.parent.name) == result
    held.forget("a")
    assert held.written(result.parent.name) is None
    assert list((tmp_path / "own").iterdir()) == []
    with pytest.raises(ConfigError), held.file("a"):
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
    held.take("a", uploaded(tmp_path, "x.ply", "one"))
    held.take("b", uploaded(tmp_path, "x.ply", "two"))
    with held.file("a"):
        pass
    held.take("c", uploaded(tmp_path, "x.ply", "six"))
    with pytest.raises(ConfigError, match="drop it again"), held.file("b"):
        pass
    with held.file("a") as first, held.file("c") as last:
        assert (first.read_text(), last.read_text()) == ("one", "six")
