"""Names are taken as people have them; what Hydra's grammar means by itself stays what it was."""

from pathlib import Path

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given
from hypothesis import strategies as st

from pointclip2.app.compose import compose
from pointclip2.app.overrides import in_quotes, quoted
from pointclip2.types import ConfigError


@given(st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" '\"\\"), min_size=1))
def test_any_text_comes_back_out_of_its_quotes(text: str) -> None:
    assert OverridesParser.create().parse_override(f"a={in_quotes(text)}").value() == text


@pytest.mark.parametrize(
    "name",
    ["scan (1).ply", "a=b.ply", "sofa, blue.ply", "stühlé.ply", "x[1].ply", "it's.ply", "1.5", "[a].ply"],
)
def test_a_file_that_is_there_is_meant_as_it_is_called(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).touch()
    for path in (name, str(tmp_path / name)):
        assert compose("evaluate", ["data=folder", f"data.path={path}"]).data.path == path


def test_names_in_a_list_need_no_quotes() -> None:
    names = ["office chair", "side table (round)", "Übertopf", "a/c", "tv+stand"]
    cfg = compose("evaluate", [f"data.classes=[{', '.join(names)}]"])
    assert list(cfg.data.classes) == names


@pytest.mark.parametrize(
    "words",
    [
        ["seed=1,2", "a=choice(1,2)", "b=interval(0,1)", "c=range(1,4)"],
        ["data.per_class={train: 4, val: 2}", "data.classes=[chair,table]", "data.limit=null", "+a.b=3"],
        ["~callbacks", "--multirun", "--config-dir", "my options (1)=new", "data.path='a b.ply'"],
        ["data.path=${paths.data}/x.ply", "data.points=[", "data=folder"],
    ],
)
def test_what_hydra_reads_and_what_nobody_can_stays_as_it_is(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert quoted(words) == words


def test_what_has_two_meanings_is_told_with_its_quotes() -> None:
    with pytest.raises(ConfigError, match=r"a name is quoted for Hydra: .*data\.classes=") as caught:
        compose("evaluate", ["data.classes=[x[1],y"])
    assert "\n" not in str(caught.value)
