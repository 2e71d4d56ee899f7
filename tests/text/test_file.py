import json
from pathlib import Path
from typing import Any

import pytest

from pointclip2.text import FilePrompt
from pointclip2.types import ConfigError

SEATS = ("chair", "night_stand")
CLASSIFICATION = """
best = {}
best['seats_rn50_test_prompts'] = ['a seat.', 'a low chest.']
best['seats_vit_test_prompts'] = ['four legs.', 'a box.']
best['rooms_vit_test_prompts'] = ['x', 'y', 'z']
best['seats_vit_test_weights'] = [.25, 1.]
"""
SEGMENTATION = """
best_prompt = {'chair': ['its back.', 'its seat.'], 'mug': ['its handle.', 'its body.']}
best_vweight = {'chair': [.25, 1.], 'mug': [.5, .5]}
"""


def saved(folder: Path, content: Any, name: str = "mine.json") -> str:
    path = folder / name
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    return str(path)


def refusal(path: str, classes: tuple[str, ...] = SEATS, category: str | None = None, **options: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        FilePrompt(path, **options)(classes, category)
    told = str(caught.value)
    assert path in told
    assert "\n" not in told
    return told


def test_one_sentence_or_several_a_class(tmp_path: Path) -> None:
    path = saved(tmp_path, {"night stand": "a low chest.", "chair": ["a seat.", " four legs. "]})
    prompts = FilePrompt(path)(SEATS)
    assert list(prompts.sentences.items()) == [
        ("chair", ("a seat.", "four legs.")),
        ("night_stand", ("a low chest.",)),
    ]
    assert (prompts.name, prompts.combine) == ("file", "mean")
    assert FilePrompt(path, combine="first")(SEATS).combine == "first"


@pytest.mark.parametrize("spelling", ["night_stand", "night stand", "Night-Stand", "NIGHT  STAND"])
def test_case_and_separators_make_no_difference(tmp_path: Path, spelling: str) -> None:
    path = saved(tmp_path, {"CHAIR": "a seat.", spelling: "a low chest.", "sofa": "not asked for."})
    assert FilePrompt(path)(SEATS).sentences["night_stand"] == ("a low chest.",)


@pytest.mark.parametrize("suffix", ["yaml", "yml", "YAML"])
def test_yaml_is_read_alike(tmp_path: Path, suffix: str) -> None:
    path = saved(
        tmp_path, "# mine\nchair: a seat.\nnight stand:\n  - a low chest.\n  - café\n", f"m.{suffix}"
    )
    assert FilePrompt(path)(SEATS).sentences == {
        "chair": ("a seat.",),
        "night_stand": ("a low chest.", "café"),
    }


def test_yaml_merges_are_not_keys_written_twice(tmp_path: Path) -> None:
    text = "old: &old {chair: old., night stand: old.}\nnew: {<<: *old, chair: new.}\n"
    prompts = FilePrompt(saved(tmp_path, text, "m.yaml"), key="new")(SEATS)
    assert prompts.sentences == {"chair": ("new.",), "night_stand": ("old.",)}


def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"chair": "x", "night_stand": "y"}).encode())
    assert FilePrompt(str(path))(SEATS).count == 2


def test_blank_sentences_are_left_out(tmp_path: Path) -> None:
    path = saved(tmp_path, {"chair": ["", "a seat.", "  \n"], "night_stand": "y"})
    assert FilePrompt(path)(SEATS).sentences["chair"] == ("a seat.",)


def test_a_sentence_that_is_there_twice_stays_twice(tmp_path: Path) -> None:
    path = saved(tmp_path, {"chair": ["x", "x", "z"], "night_stand": "y"})
    assert FilePrompt(path)(SEATS).count == 4


def test_parts_are_found_under_their_category(tmp_path: Path) -> None:
    path = saved(
        tmp_path, {"chair": {"back": ["b"], "leg": ["l", "m"]}, "mug": {"back": ["?"], "leg": ["?"]}}
    )
    prompts = FilePrompt(path)(("leg", "back"), category="Chair")
    assert prompts.sentences == {"leg": ("l", "m"), "back": ("b",)}


def test_parts_without_their_category_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, {"chair": {"back": ["b"]}, "night_stand": {"top": ["t"]}})
    assert "'chair' has parts (back)" in refusal(path)
    assert "no key for category 'lamp'" in refusal(path, ("back",), "lamp")
    assert "lacks 1 of 2 classes: leg; it has back" in refusal(path, ("leg", "back"), "chair")


def test_the_official_classification_lists_go_by_their_key_in_label_order(tmp_path: Path) -> None:
    path = saved(tmp_path, CLASSIFICATION, "best_param.py")
    for key in ("seats_vit_test_prompts", "best.seats_vit_test_prompts"):
        assert FilePrompt(path, key)(SEATS).sentences == {
            "chair": ("four legs.",),
            "night_stand": ("a box.",),
        }


def test_lists_that_would_fit_are_named_when_no_key_is_given(tmp_path: Path) -> None:
    told = refusal(saved(tmp_path, CLASSIFICATION, "best_param.py"))
    assert "best.seats_rn50_test_prompts, best.seats_vit_test_prompts" in told
    assert "rooms" not in told
    assert "weights" not in told


def test_a_list_of_another_length_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, CLASSIFICATION, "best_param.py")
    assert "list of 3 entries for 2 classes" in refusal(path, key="rooms_vit_test_prompts")


def test_view_weights_are_not_taken_for_prompts(tmp_path: Path) -> None:
    path = saved(tmp_path, CLASSIFICATION, "best_param.py")
    assert "'chair' must have a sentence" in refusal(path, key="seats_vit_test_weights")


def test_an_unknown_key_is_told_what_is_nearest(tmp_path: Path) -> None:
    path = saved(tmp_path, CLASSIFICATION, "best_param.py")
    assert "no 'best.seats_vit_test_prompt'" in refusal(path, key="best.seats_vit_test_prompt")
    assert "best.seats_vit_test_prompts" in refusal(path, key="best.seats_vit_test_prompt")
    assert "best.rooms_vit_test_prompts" in refusal(path, key="zzz")


def test_the_official_part_lists_go_by_their_category_in_label_order(tmp_path: Path) -> None:
    path = saved(tmp_path, SEGMENTATION, "best_param.py")
    expected = {"handle": ("its handle.",), "body": ("its body.",)}
    assert FilePrompt(path)(("handle", "body"), category="mug").sentences == expected
    assert FilePrompt(path, "best_prompt")(("handle", "body"), category="mug").sentences == expected
    assert FilePrompt(path, "best_prompt.mug")(("handle", "body"), category="mug").sentences == expected


def test_a_list_is_never_taken_for_classes_it_does_not_name(tmp_path: Path) -> None:
    # Two sentences of a chair are not one for a sofa and one for a bed.
    path = saved(tmp_path, {"chair": ["a seat.", "four legs."]})
    assert "no key for any of sofa, bed" in refusal(path, ("sofa", "bed"))
    assert "lacks 1 of 2 classes: night_stand" in refusal(path)


def test_one_of_several_dicts_is_chosen_by_its_classes_or_by_key(tmp_path: Path) -> None:
    sets = {"seats": {"chair": "x", "night_stand": "y"}, "rooms": {"hall": "z", "chair": "w"}}
    path = saved(tmp_path, sets)
    assert FilePrompt(path)(("hall", "chair")).sentences == {"hall": ("z",), "chair": ("w",)}
    assert FilePrompt(path)(SEATS).sentences["chair"] == ("x",)
    assert "more than one set of prompts: give prompt.key=seats, rooms" in refusal(path, ("chair",))
    assert FilePrompt(path, "rooms")(("chair",)).sentences == {"chair": ("w",)}


def test_a_key_that_occurs_twice_wants_its_whole_name(tmp_path: Path) -> None:
    path = saved(tmp_path, {"a": {"p": {"chair": "x"}}, "b": {"p": {"chair": "y"}}})
    assert "more than one 'p': give prompt.key=a.p, b.p" in refusal(path, ("chair",), key="p")
    assert FilePrompt(path, "b.p")(("chair",)).sentences == {"chair": ("y",)}


def test_a_python_file_is_never_run(tmp_path: Path) -> None:
    victim = tmp_path / "written_by_the_file"
    attack = f"__import__('pathlib').Path({str(victim)!r}).touch()"
    path = saved(tmp_path, f"{attack}\np = {{'chair': 'x', 'night_stand': 'y'}}\nq = {attack}\n", "evil.py")
    assert FilePrompt(path)(SEATS).count == 2
    assert not victim.exists()


def test_yaml_tags_make_no_objects(tmp_path: Path) -> None:
    victim = tmp_path / "written_by_the_file"
    text = f"chair: !!python/object/apply:os.system ['touch {victim}']\nnight_stand: y\n"
    assert "is not YAML" in refusal(saved(tmp_path, text, "evil.yaml"))
    assert not victim.exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"chair": [], "night_stand": "y"}, "'chair' has no sentence"),
        ({"chair": "", "night_stand": "y"}, "'chair' has no sentence"),
        ({"chair": ["x", 3], "night_stand": "y"}, "'chair' must have a sentence"),
        ({"chair": None, "night_stand": "y"}, "'chair' must have a sentence"),
        ({"sofa": "x"}, "no sentences for any of chair, night_stand"),
        ({"chair": "x", "sofa": "s"}, "lacks 1 of 2 classes: night_stand; it has chair, sofa"),
        ({"chair": "x", "night stand": "y", "night_stand": "z"}, "both 'night stand' and 'night_stand'"),
        ({}, "no sentences for any of"),
        (3, "no sentences for any of"),
        (["x"], "list of 1 entries for 2 classes"),
        ('{"chair": "x", "chair": "y", "night_stand": "z"}', "the key 'chair' twice"),
        ('{"chair": ["x"', "is not JSON"),
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_a_malformed_file_is_named_with_what_is_wrong(tmp_path: Path, content: Any, told: str) -> None:
    assert told in refusal(saved(tmp_path, content))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("chair: x\nchair: y\nnight_stand: z\n", "the key 'chair' twice"),
        ("chair: [x\n", "is not YAML"),
        ("chair: x\nnight_stand: y\nno: z\n", "key False, which is not text"),
        ("? [a, b]\n: x\n", "is not YAML"),
        ("a: &a [*a]\n", "is not YAML"),
        ("", "no sentences for any of"),
    ],
)
def test_malformed_yaml_is_named_with_what_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    assert told in refusal(saved(tmp_path, text, "mine.yaml"))


def test_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes('{"chair": "café"}'.encode("latin-1"))
    assert "is not UTF-8 (byte 14)" in refusal(str(path))


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    assert "cannot be read (No such file" in refusal(str(tmp_path / "nowhere.json"))
    (tmp_path / "folder.json").mkdir()
    assert "cannot be read" in refusal(str(tmp_path / "folder.json"))
    assert "give one of .json, .yaml, .yml, .py" in refusal(str(tmp_path / "mine.pickle"))


def test_a_path_is_asked_for() -> None:
    with pytest.raises(ConfigError, match=r"give prompt\.path=FILE"):
        FilePrompt()
