"""Which parts are asked for in each sample: those of its category, of all categories, or a list of the user's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from pointclip2.data.part_table import PartTable
from pointclip2.text import PromptSet
from pointclip2.text.names import matching, nearest
from pointclip2.text.part_bank import category_parts
from pointclip2.types import ConfigError, DataError

PromptSource = Callable[..., PromptSet]
Encode = Callable[[PromptSet], Tensor]


@dataclass(frozen=True)
class PartChoice:
    """Parts to choose from."""

    category: str | None
    """Whose parts they are; None where that is not said."""
    names: tuple[str, ...]
    ids: Int64[Tensor, " parts"]
    """Part id of the data set for every name; ids beyond its last are parts that it does not know."""
    text: Float[Tensor, "parts dim"]


@dataclass(frozen=True)
class PartChoices:
    """A choice for every sample of a split."""

    of_sample: Mapping[int, int]
    """Key of the choice of every position in the data set."""
    choices: Mapping[int, PartChoice]
    prompts: tuple[PromptSet, ...]
    """What was said, for the record."""

    def __getitem__(self, position: int) -> PartChoice:
        return self.choices[self.of_sample[position]]


def choose_parts(
    table: PartTable,
    categories: Mapping[int, int],
    parts: str | Sequence[str],
    source: PromptSource,
    encode: Encode,
    named: str | None = None,
) -> PartChoices:
    """What is asked for in every sample.

    Args:
        categories: by position in the data set, the category that the sample is taken to be of; -1 where unknown.
        parts: ``category``, ``all``, or names.
        source, encode: prompts of part names, and their text features.
        named: the one category of all samples, which need not be one of the data set's.

    Raises:
        ConfigError: a category without parts, a sample without a category, names that cannot be told apart.
    """
    if parts == "category":
        known = () if named is None or max(categories.values(), default=-1) >= 0 else category_parts(named)
        if not known:
            return _of_categories(table, categories, source, encode)
        # A category that the data set has not: its parts are those that the bank describes.
        parts = known
    if parts == "all":
        return _of_all(table, categories, source, encode)
    if isinstance(parts, str):
        raise ConfigError(f"task.parts={parts}: choose category or all, or give a list, task.parts=[{parts}]")
    keys = {position: -1 if named is not None else label for position, label in categories.items()}
    choices, prompts = {}, []
    for key in sorted(set(keys.values())):
        category = named if named is not None else table.categories[key] if key >= 0 else None
        said = source(list(parts), category=category)
        ids = _known_ids(table, category, said.classes)
        choices[key] = PartChoice(category, said.classes, ids, encode(said))
        prompts.append(said)
    return PartChoices(keys, choices, tuple(prompts))


def _of_categories(
    table: PartTable, categories: Mapping[int, int], source: PromptSource, encode: Encode
) -> PartChoices:
    choices, prompts = {}, []
    for key in sorted(set(categories.values())):
        if key < 0:
            raise DataError(
                "some samples have no category: say task.category=NAME for all of them, "
                "task.category=predicted, or name the parts, task.parts=[back,seat,leg]"
            )
        if not table.ids[key]:
            raise ConfigError(
                f"{table.categories[key]} has no parts in this data set: name them, task.parts=[back,seat,leg], "
                "or take data with part labels, data=shapes or data=shapenet_part"
            )
        said = source(table.names(key), category=table.categories[key])
        ids = torch.tensor(table.ids[key])
        choices[key] = PartChoice(table.categories[key], said.classes, ids, encode(said))
        prompts.append(said)
    return PartChoices(dict(categories), choices, tuple(prompts))


def _of_all(
    table: PartTable, categories: Mapping[int, int], source: PromptSource, encode: Encode
) -> PartChoices:
    if not table.part_names:
        raise ConfigError("task.parts=all: this data set has no parts; name them, task.parts=[back,seat,leg]")
    rows, prompts = [], []
    names: list[str] = []
    ids: list[int] = []
    for key, name in enumerate(table.categories):
        if table.ids[key]:
            said = source(table.names(key), category=name)
            rows.append(encode(said))
            names += [f"{name}/{part}" for part in said.classes]
            ids += table.ids[key]
            prompts.append(said)
    choice = PartChoice(None, tuple(names), torch.tensor(ids), torch.cat(rows))
    return PartChoices(dict.fromkeys(categories, -1), {-1: choice}, tuple(prompts))


def _known_ids(table: PartTable, category: str | None, names: Sequence[str]) -> Tensor:
    """Ids of parts that the category has under these names, and new ones for the others."""
    own: dict[str, int] = {}
    if category is not None:
        for key, name in enumerate(table.categories):
            if matching(name) == matching(category):
                own = {matching(table.spoken(part)): part for part in table.ids[key]}
    fresh = len(table.part_names)
    return torch.tensor([own.get(matching(name), fresh + i) for i, name in enumerate(names)])


def category_of_name(table: PartTable, name: str) -> int:
    """Label of the category of this name.

    Raises:
        ConfigError: the data set has none; the message names what is near.
    """
    for label, category in enumerate(table.categories):
        if matching(category) == matching(name):
            return label
    near = nearest(name, table.categories)
    known = ", ".join(near or table.categories[:8])
    raise ConfigError(
        f"task.category={name}: given, predicted, or a category of the data set, such as {known}"
    )
