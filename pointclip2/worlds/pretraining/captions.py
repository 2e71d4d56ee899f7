"""Make sentences about the known classes, their parts and their instances, to train the built-in model.

Nothing of an unseen class may occur here: no name, no synonym, no description. `forbidden` finds them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from pointclip2.data.class_names import UNSEEN
from pointclip2.text.articles import fill, with_article
from pointclip2.text.bank import FAMILIES, description
from pointclip2.text.templates import depth_templates, phrase
from pointclip2.types import ConfigError
from pointclip2.worlds.pretraining.abstract import FRAMES
from pointclip2.worlds.shapes.classes import register, shape_kind
from pointclip2.worlds.shapes.shape import Random

THINGS = ("object", "thing", "shape", "piece", "model")
SOURCES = ("name", "templates", "bank", "nameless")
"""Sources of `Captions.of_class`: the bare name, a template, a description, a description without the name."""
_SHARES = {"name": 0.15, "templates": 0.4, "bank": 0.2, "nameless": 0.25}


@dataclass(frozen=True)
class InstanceCaption:
    """Holds a sentence about one shape and what it claims, so that other shapes it is true of are no negatives."""

    text: str
    label: int
    """Class that the sentence names; -1 where it names none."""
    claims: frozenset[str]


def compatible(
    sentences: Sequence[InstanceCaption], labels: Sequence[int], said: Sequence[Sequence[str]]
) -> Tensor:
    """Say whether each sentence is true of each shape, as far as attributes were recorded: bool (shapes, sentences).

    Args:
        sentences: what they name and claim.
        labels: class of each shape, -1 for compositions.
        said: attributes of each shape.
    """
    claims = dict.fromkeys(claim for sentence in sentences for claim in sorted(sentence.claims))
    column = {claim: index for index, claim in enumerate(claims)}
    claimed = torch.zeros(len(sentences), len(column))
    for row, sentence in enumerate(sentences):
        claimed[row, [column[claim] for claim in sentence.claims]] = 1
    missing = torch.ones(len(labels), len(column))
    for row, attributes in enumerate(said):
        missing[row, [column[claim] for claim in attributes if claim in column]] = 0
    named = torch.tensor([sentence.label for sentence in sentences])
    right = (named < 0) | (named == torch.tensor(labels).unsqueeze(1))
    return right & (missing @ claimed.T == 0)


class Captions:
    """Draws sentences for classes, parts and instances.

    Args:
        classes: known names in label order.
        sources: some of `SOURCES`.

    Raises:
        ConfigError: there are fewer than two classes, no source, an unknown one, or a class never to be trained on.
    """

    def __init__(self, classes: Sequence[str], sources: Sequence[str] = SOURCES) -> None:
        if len(classes) < 2:
            raise ConfigError(
                f"pretraining.classes: {len(classes)} class cannot be told apart from others; give two or more"
            )
        if not sources:
            raise ConfigError(f"pretraining.captions is empty: choose some of {', '.join(SOURCES)}")
        unknown = [source for source in sources if source not in SOURCES]
        if unknown:
            raise ConfigError(
                f"pretraining.captions: no {', '.join(unknown)}; choose some of {', '.join(SOURCES)}"
            )
        kept = sorted(set(classes) & set(UNSEEN))
        if kept:
            raise ConfigError(f"pretraining.classes: {', '.join(kept)} must stay unseen; train on others")
        self.classes = tuple(classes)
        self.sources = tuple(sources)
        shares = [_SHARES[source] for source in self.sources]
        self.shares = [share / sum(shares) for share in shares]
        self.names = [self._names(name) for name in self.classes]
        self.sentences = [self._sentences(name) for name in self.classes]

    def of_class(self, label: int, rng: Random) -> str:
        """Draw one sentence that stands for the class."""
        source = self.sources[int(rng.choice(len(self.sources), p=self.shares))]
        if source == "name":
            return self._name(label, rng)
        if source == "templates":
            return fill(_pick(depth_templates(), rng), self._name(label, rng))
        sentence = _pick(self.sentences[label], rng)
        if source == "nameless":
            for name in sorted(self.names[label], key=len, reverse=True):
                sentence = re.sub(
                    rf"\b{re.escape(name)}\b", _pick(THINGS, rng), sentence, flags=re.IGNORECASE
                )
        return sentence

    def of_part(self, label: int, part: str, rng: Random, word: str | None = None) -> str:
        """Draw a phrase for a part: "leg", "leg of a chair", "chair leg", or one of these in a template."""
        if word is not None:
            said = word
        else:
            name = self._name(label, rng)
            said = (part, f"{name} {part}", phrase(part, name), phrase(part, name))[int(rng.integers(4))]
        if rng.random() < 0.7:
            return said
        return fill(_pick(depth_templates(), rng), said)

    def of_instance(self, label: int, attributes: Sequence[str], rng: Random) -> InstanceCaption:
        """Draw a sentence about one shape: some of its attributes, mostly with the name of its class."""
        count = min(len(attributes), int(rng.integers(1, 4)))
        chosen = [attributes[i] for i in rng.permutation(len(attributes))[:count]]
        listed = chosen[0] if count == 1 else f"{', '.join(chosen[:-1])} and {chosen[-1]}" if count else ""
        named = not chosen or rng.random() < 0.6
        thing = self._name(label, rng) if named else _pick(THINGS, rng)
        bare = with_article(thing)
        if not chosen:
            text = fill(_pick(depth_templates(), rng), thing)
        else:
            forms = (
                f"{bare}: {listed}",
                f"{bare}, {listed}.",
                f"{fill(_pick(depth_templates(), rng), thing).rstrip('.')}, {listed}.",
                f"{listed}" if not named else f"{listed}, in {bare}",
                f"depth map of {bare}: {listed}.",
            )
            text = forms[int(rng.integers(len(forms)))]
        return InstanceCaption(text, label if named else -1, frozenset(chosen))

    def of_abstract(self, phrases: Sequence[str], rng: Random) -> InstanceCaption:
        """Draw a sentence about a composition of primitives."""
        said = _pick(phrases, rng)
        return InstanceCaption(_pick(FRAMES, rng).format(said), -1, frozenset([said]))

    def everything(self) -> list[str]:
        """Return all class names, parts, templates and descriptions, each once, for the vocabulary."""
        found = [*depth_templates(), *THINGS]
        for label, name in enumerate(self.classes):
            found += [*self.names[label], *self.sentences[label], *shape_kind(name).part_names]
        return [text for text in dict.fromkeys(found) if not forbidden(text)]

    def _name(self, label: int, rng: Random) -> str:
        names = self.names[label]
        return names[0] if len(names) == 1 or rng.random() < 0.6 else _pick(names[1:], rng)

    @staticmethod
    def _names(name: str) -> list[str]:
        said = [name, *shape_kind(name).synonyms]
        if not shape_kind(name).described:
            said += description(name)["synonyms"]
        return [other for other in dict.fromkeys(said) if not forbidden(other)]

    @staticmethod
    def _sentences(name: str) -> list[str]:
        said = list(shape_kind(name).described)
        if not said:
            families = description(name)["families"]
            said = [text for family in FAMILIES for text in families[family]]
        return [text for text in said if not forbidden(text)]


@cache
def _forbidden_words() -> re.Pattern[str]:
    words = [
        word for name in UNSEEN for word in (name, *register()[name].synonyms, *description(name)["synonyms"])
    ]
    plural = [f"{word}s" for word in words]
    return re.compile(
        rf"\b({'|'.join(re.escape(word) for word in sorted({*words, *plural}))})\b", re.IGNORECASE
    )


def forbidden(text: str) -> bool:
    """Say whether a name or synonym of an unseen class occurs in the text as whole words."""
    return _forbidden_words().search(text) is not None


def _pick(choices: Sequence[str], rng: Random) -> str:
    return choices[int(rng.integers(len(choices)))]
