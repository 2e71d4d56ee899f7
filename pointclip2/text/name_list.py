"""Names as people hand them over: a list, a line with commas, a file with a name a line, names with descriptions."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pointclip2.reading import read_text
from pointclip2.text.names import check_distinct, matching, spoken
from pointclip2.text.prompt_set import PromptSet
from pointclip2.types import ConfigError

Descriptions = Mapping[str, tuple[str, ...]]


def named(names: str | Iterable[str] | Mapping[str, str | Sequence[str]]) -> Descriptions:
    """Return every name, as one says it, with its descriptions, of which there may be none.

    Args:
        names: a list; or a mapping from names to a description or several; or one text as `split_names` takes it.

    Raises:
        ConfigError: there are no names, one is blank or no text, or two are the same.
    """
    if isinstance(names, str):
        names = split_names(names)
    pairs = names.items() if isinstance(names, Mapping) else ((name, ()) for name in names)
    found: dict[str, tuple[str, ...]] = {}
    said: list[str] = []
    for name, told in pairs:
        if not isinstance(name, str):
            raise ConfigError(f"names: {name!r} is no text; give a list such as ['chair', 'table']")
        if not name.isprintable():
            raise ConfigError(f"names: {name!r} has signs that cannot be printed: is the file in UTF-8?")
        texts = (told,) if isinstance(told, str) else tuple(told or ())
        if not all(isinstance(text, str) for text in texts):
            raise ConfigError(f"names: {name} is described by {told!r}; give a text, or a list of texts")
        said.append(spoken(name))
        found[spoken(name)] = tuple(" ".join(text.split()) for text in texts if text.strip())
    check_distinct(said)
    return found


def split_names(text: str) -> list[str]:
    """Return the names of a line such as ``chair, "sofa, blue", lamp``: quotes keep a comma in a name.

    >>> split_names('chair, "sofa, blue" ,lamp')
    ['chair', 'sofa, blue', 'lamp']
    """
    text = text.replace("\n", ",")
    if text.count('"') % 2:
        raise ConfigError(f"names: {text} has a quote that is not closed")
    separator = ";" if ";" in text and "," not in text else ","
    rows = list(csv.reader([text], skipinitialspace=True, delimiter=separator))
    return [name.strip() for name in (rows[0] if rows else []) if name.strip()]


def read_names(path: Path) -> Descriptions:
    """Return the names of a file: a name a line, a description behind a colon or a tab; ``#`` begins a comment.

    A name that comes again adds a description. A name with a colon is written in quotes.

    Raises:
        ConfigError: the file cannot be read, or has no names.
    """
    try:
        text = read_text(path)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path} cannot be read as a list of names ({error}): a name a line, in UTF-8"
        ) from error
    try:
        return listed_names(text, str(path))
    except ConfigError as error:
        told = str(error)
        raise error if told.startswith(str(path)) else ConfigError(f"{path}: {told}") from None


def listed_names(text: str, source: str) -> Descriptions:
    """Return the names of a text, a name a line as `read_names` takes them.

    Raises:
        ConfigError: it has no names, or one twice; ``source`` says where it is from.
    """
    found: dict[str, list[str]] = {}
    spelling: dict[str, str] = {}
    lines = [line.strip() for line in text.splitlines() if not line.lstrip().startswith("#")]
    pairs = [_parted(line) for line in lines if line]
    if not any(description for _, description in pairs):
        pairs = [(name, "") for line in lines if line for name in split_names(line)]
    for name, description in pairs:
        if not name:
            continue
        known = matching(name) in spelling
        told = found.setdefault(spelling.setdefault(matching(name), name), [])
        if description:
            told.append(description)
        elif known:
            raise ConfigError(f"{source} has {name!r} twice: keep one, or describe it")
    if not found:
        raise ConfigError(f"{source} has no names: write one a line")
    return named(found)


def _parted(line: str) -> tuple[str, str]:
    """Return the name and the description of a line."""
    if line.startswith('"') and '"' in line[1:]:
        name, _, rest = line[1:].partition('"')
        return name.strip(), rest.lstrip(" \t:").strip()
    for mark in ("\t", ":"):
        if mark in line:
            name, _, rest = line.partition(mark)
            return name.strip(), rest.strip()
    return line, ""


def with_descriptions(prompts: PromptSet, descriptions: Descriptions) -> PromptSet:
    """Return the sentences with a name's own descriptions beside them; both halves count the same."""
    if not any(descriptions.values()):
        return prompts
    sentences, weights = {}, {}
    for name in prompts.classes:
        own, told = prompts.counted(name), descriptions.get(name, ())
        shares = prompts.shares(name)
        sentences[name] = (*own, *told)
        weights[name] = (*(share / sum(shares) for share in shares), *(1 / len(told) for _ in told))
    return PromptSet(f"{prompts.name} and descriptions", sentences, "mean", prompts.selected_on, weights)
