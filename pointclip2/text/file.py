"""Read prompts from a file that the user wrote, or that the official program ships."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pointclip2.text.names import by_matching, check_distinct, matching, nearest
from pointclip2.text.part_bank import part_synonyms
from pointclip2.text.prompt_set import PromptSet, check_combine
from pointclip2.text.reading import read_values
from pointclip2.types import ConfigError, known_selection

_LISTED = 12


class FilePrompt:
    """Takes sentences from a JSON or YAML file, or from the literals of a Python file, which is never run.

    These forms are understood, wherever they lie in the file: ``{class: sentence}``, ``{class: [sentence, ...]}``,
    ``{category: {part: [sentence, ...]}}`` and ``{category: [sentence of the first part, ...]}``. A bare list
    with one entry a class, as the official ``best_param.py`` has for every data set and backbone, is taken in
    the order of the labels, and only where ``key`` names it: a list says nothing about its classes. Case and
    ``_``, ``-`` and spaces in class names make no difference; blank sentences in a list are left out. Parts are also
    found under their other names of `pointclip2.text.part_bank`, those of the official program among them.

    Args:
        path: the file, one of .json .yaml .yml .py.
        key: where in the file, for example ``modelnet40_vit_b16_test_prompts``, or ``outer.inner``; needed
            where several places would do.
        combine: ``mean`` of a class's sentence vectors, or only the ``first`` sentence.
        selected_on: which labels chose the sentences; ``test`` for those of the official program. A file that a
            search wrote (``prompts.json``) says so itself.

    Raises:
        ConfigError: when called: a file that cannot be used, a class that it lacks, an ambiguous ``key``.
    """

    def __init__(
        self,
        path: str | None = None,
        key: str | None = None,
        combine: str = "mean",
        selected_on: str = "unknown",
    ) -> None:
        if not path:
            raise ConfigError("prompt=file needs a file: give prompt.path=FILE (.json .yaml .yml .py)")
        self.path = Path(path).expanduser()
        self.key = key
        self.combine = check_combine(combine)
        self.selected_on = known_selection("prompt.selected_on", selected_on)

    def __call__(self, classes: Sequence[str], category: str | None = None) -> PromptSet:
        names = check_distinct(classes)
        content = read_values(self.path)
        if self.key is None:
            where, found = self._search(content, names, category)
        else:
            where, found = self._named(content, self.key)
        if category is not None and isinstance(found, Mapping):
            inside = by_matching(_with_text_keys(found, where), where)
            if matching(category) in inside:
                where, found = f"{where}, {category}", inside[matching(category)]
        original = found
        if category is not None and isinstance(found, Mapping):
            found = _renamed(found, names, category, where)
        sentences = _sentences(found, names, where)
        if not isinstance(content, Mapping) or original is not content.get("sentences"):
            return PromptSet("file", sentences, self.combine, self.selected_on)
        # A file that a search wrote says itself what it was selected on, and how much each sentence counts.
        told = known_selection(f"{self.path}: selected_on", content.get("selected_on", self.selected_on))
        weights = content.get("weights")
        if weights is not None:
            weights = _weights(weights, names, f"{self.path}, weights")
        return PromptSet("file", sentences, self.combine, told, weights)

    def _named(self, content: Any, key: str) -> tuple[str, Any]:
        places = dict(_places(content))
        wanted = matching(key)
        exact = [name for name in places if matching(name) == wanted]
        ends = exact or [name for name in places if matching(name).endswith("." + wanted)]
        if len(ends) == 1:
            return f"{self.path}, {ends[0]}", places[ends[0]]
        if ends:
            raise ConfigError(f"{self.path} has more than one {key!r}: give prompt.key={_listed(ends)}")
        # A single class's sentences look like a prompt set too, and there are many of them: show the shallow ones.
        shallow = [name for name in places if name.count(".") <= 1]
        raise ConfigError(
            f"{self.path} has no {key!r}: choose prompt.key from {_listed(nearest(key, places) or shallow)}"
        )

    def _search(self, content: Any, names: Sequence[str], category: str | None) -> tuple[str, Any]:
        """Find the one place in the file whose keys are the classes, or the category of these parts."""
        if isinstance(content, list):
            return str(self.path), content
        sought = {matching(category)} if category is not None else {matching(name) for name in names}
        shared: dict[str, set[str]] = {}
        found: dict[str, Any] = {}
        for name, place in _places(content):
            if not isinstance(place, Mapping):
                continue
            keys = {matching(str(key)): value for key, value in place.items()}
            common = {key for key in sought & set(keys) if _holds_text(keys[key])}
            # Below a class there are only its own sentences, never another prompt set.
            if common and not any(name.startswith(f"{outer}.") or not outer for outer in found):
                shared[name], found[name] = common, place
        best = [name for name, common in shared.items() if common == sought] or list(shared)
        if len(best) == 1:
            return f"{self.path}, {best[0]}" if best[0] else str(self.path), found[best[0]]
        if best:
            raise ConfigError(
                f"{self.path} has more than one set of prompts: give prompt.key={_listed(best)}"
            )
        raise ConfigError(self._nothing(content, names, category))

    def _nothing(self, content: Any, names: Sequence[str], category: str | None) -> str:
        lists = {name: len(place) for name, place in _places(content) if _is_label_order(place)}
        right = [name for name, length in lists.items() if length == len(names)]
        sought = f"category {category!r}" if category is not None else f"any of {_listed(list(names))}"
        if right or lists:
            return (
                f"{self.path} has no key for {sought}; a list in the order of {len(names)} labels is "
                f"taken where prompt.key names it, and there are {_listed(right or list(lists))}"
            )
        return (
            f"{self.path} has no sentences for {sought}: write them as {{class: [sentence, ...]}}, "
            "the class names as in the data set"
        )


def _places(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every place in nested dicts with its dotted name, the whole (named "") first."""
    yield name, value
    if isinstance(value, Mapping):
        for key, inside in value.items():
            yield from _places(inside, f"{name}.{key}" if name else str(key))


def _holds_text(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_holds_text(inside) for inside in value.values())
    # An empty list means that a class was forgotten: report it rather than skip it.
    return isinstance(value, str) or (
        isinstance(value, list | tuple) and (not value or any(isinstance(part, str) for part in value))
    )


def _is_label_order(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and _holds_text(value)


def _with_text_keys(found: Mapping[Any, Any], where: str) -> Mapping[str, Any]:
    wrong = next((key for key in found if not isinstance(key, str)), None)
    if wrong is not None:
        raise ConfigError(f"{where} has the key {wrong!r}, which is not text: write it in quotes")
    return found


def _renamed(found: Mapping[Any, Any], names: Sequence[str], category: str, where: str) -> Mapping[str, Any]:
    """Give parts the data set's names where the file uses other names for them."""
    entries = by_matching(_with_text_keys(found, where), where)
    for name in names:
        others = (matching(other) for other in part_synonyms(category, name))
        other = next((other for other in others if other in entries), None)
        if matching(name) not in entries and other is not None:
            entries[matching(name)] = entries[other]
    return entries


def _sentences(found: Any, names: Sequence[str], where: str) -> dict[str, tuple[str, ...]]:
    if isinstance(found, list | tuple):
        if len(found) != len(names):
            raise ConfigError(
                f"{where} is a list of {len(found)} entries for {len(names)} classes: "
                "it must have one entry a class, in the order of the labels"
            )
        return {name: _texts(entry, name, where) for name, entry in zip(names, found, strict=True)}
    if not isinstance(found, Mapping):
        raise ConfigError(f"{where} is {type(found).__name__}, not prompts: write {{class: [sentence, ...]}}")
    entries = by_matching(_with_text_keys(found, where), where)
    missing = [name for name in names if matching(name) not in entries]
    if missing:
        raise ConfigError(
            f"{where} lacks {len(missing)} of {len(names)} classes: {', '.join(missing)}; "
            f"it has {_listed(list(found))}: write sentences for the missing ones"
        )
    return {name: _texts(entries[matching(name)], name, where) for name in names}


def _weights(found: Any, names: Sequence[str], where: str) -> dict[str, list[float]]:
    shares = by_matching(_with_text_keys(found, where), where) if isinstance(found, Mapping) else {}
    wrong = [name for name in names if not _are_numbers(shares.get(matching(name)))]
    if wrong:
        raise ConfigError(f"{where}: {wrong[0]!r} must have a list of numbers, one a sentence")
    return {name: shares[matching(name)] for name in names}


def _are_numbers(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(type(number) in (int, float) for number in value)


def _texts(entry: Any, name: str, where: str) -> tuple[str, ...]:
    texts = [entry] if isinstance(entry, str) else entry
    if isinstance(texts, Mapping):
        raise ConfigError(
            f"{where}: {name!r} has parts ({_listed([str(part) for part in texts])}) instead of sentences: "
            "that file is for part segmentation"
        )
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        raise ConfigError(f"{where}: {name!r} must have a sentence or a list of sentences, not {entry!r:.60}")
    told = tuple(text.strip() for text in texts if text.strip())
    if not told:
        raise ConfigError(f"{where}: {name!r} has no sentence: write at least one")
    return told


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_LISTED])
    return f"{shown} and {len(names) - _LISTED} more" if len(names) > _LISTED else shown
