"""Which parts are asked for, and what is said where that cannot be known."""

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from pointclip2.data.part_table import PartTable
from pointclip2.tasks.parts.choice import PartChoices, category_of_name, choose_parts
from pointclip2.text import BankPrompt, NamePrompt, PromptSet
from pointclip2.types import ConfigError, DataError

TABLE = PartTable(
    ("chair", "mug", "ball"), ("chair/back", "chair/seat", "chair/leg", "mug/handle", "mug/body")
)


def encode(prompts: PromptSet) -> Tensor:
    """One row a part, told by its first sentence."""
    rows = [[float(len(texts[0])), float(index)] for index, texts in enumerate(prompts.sentences.values())]
    return torch.tensor(rows)


def chosen(
    categories: dict[int, int],
    parts: str | Sequence[str] = "category",
    named: str | None = None,
    source: NamePrompt | BankPrompt | None = None,
) -> PartChoices:
    return choose_parts(TABLE, categories, parts, source or NamePrompt(), encode, named)


def test_a_table_lists_parts_by_category() -> None:
    assert TABLE.ids == ((0, 1, 2), (3, 4), ())
    assert TABLE.names(1) == ("handle", "body")
    assert TABLE.spoken(2) == "leg"


def test_a_part_of_an_unknown_category_is_refused() -> None:
    with pytest.raises(ConfigError, match="no category 'table'"):
        _ = PartTable(("chair",), ("table/top",)).ids


def test_each_sample_has_the_parts_of_its_category() -> None:
    found = chosen({0: 0, 1: 1, 5: 0})
    assert found[5].names == ("back", "seat", "leg")
    assert found[5].ids.tolist() == [0, 1, 2]
    assert found[1].ids.tolist() == [3, 4]
    assert [said.sentences for said in found.prompts][1]["handle"] == ("handle of a mug",)


def test_all_parts_may_be_asked_for_in_every_sample() -> None:
    found = chosen({0: 0, 1: 1}, "all")
    assert found[0] is found[1]
    assert found[0].ids.tolist() == [0, 1, 2, 3, 4]
    assert found[0].names[3] == "mug/handle"
    assert found[0].text.shape == (5, 2)


def test_names_of_the_users_own_are_matched_to_the_data_sets_parts() -> None:
    found = chosen({0: 0, 1: -1}, ["Back", "cushion"])
    assert found[0].category == "chair"
    assert found[0].ids.tolist() == [0, 6]
    # Without a category nothing is known, and the bare names are said.
    assert found[1].category is None
    assert found[1].ids.tolist() == [5, 6]
    assert [said.sentences["Back"] for said in found.prompts] == [("Back",), ("Back of a chair",)]


def test_one_name_may_hold_for_all_samples() -> None:
    found = chosen({0: -1, 1: -1}, ["back", "seat"], named="throne")
    assert found[0] is found[1]
    assert found[0].category == "throne"
    assert found.prompts[0].sentences["back"] == ("back of a throne",)


def test_a_category_that_only_the_bank_knows_brings_its_parts() -> None:
    found = chosen({0: -1}, named="rocket")
    assert found[0].names == ("body", "fin", "nose")
    assert found[0].ids.tolist() == [5, 6, 7]


def test_the_bank_says_more_about_each_part() -> None:
    assert chosen({0: 0}, source=BankPrompt()).prompts[0].count == 36


@pytest.mark.parametrize(
    ("categories", "parts", "error", "told"),
    [
        ({0: -1}, "category", DataError, "no category: say task.category=NAME"),
        ({0: 2}, "category", ConfigError, "ball has no parts in this data set"),
        ({0: 0}, "back", ConfigError, r"choose category or all, or give a list, task.parts=\[back\]"),
        ({0: 0}, ["leg", "Leg"], ConfigError, "the same to a text encoder"),
        ({0: 0}, [], ConfigError, "no class"),
    ],
)
def test_what_cannot_be_asked_for_is_told(
    categories: dict[int, int], parts: str | list[str], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        chosen(categories, parts)


def test_a_name_is_a_category_however_it_is_spelt() -> None:
    assert category_of_name(TABLE, "Mug") == 1
    with pytest.raises(ConfigError, match=r"task.category=chiar: given, predicted, or .* chair"):
        category_of_name(TABLE, "chiar")


def test_all_parts_of_a_data_set_without_any_is_a_mistake() -> None:
    with pytest.raises(ConfigError, match="has no parts"):
        choose_parts(PartTable(("chair",), ()), {0: 0}, "all", NamePrompt(), encode)
