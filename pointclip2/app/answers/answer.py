"""What a model says of a cloud, and of many."""

import base64
import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from torch import Tensor

from pointclip2.app.answers.saving import refuse_existing
from pointclip2.data.standing import taken_up
from pointclip2.show.gallery import per_cent
from pointclip2.types import Cloud
from pointclip2.writing import csv_text, write_text

if TYPE_CHECKING:
    import pandas
    from PIL.Image import Image

NONE = "none of these"
"""The name of what fits no name."""


@dataclass(frozen=True)
class Answer:
    """The answer for one cloud."""

    source: str
    """The file, as it was given, or what else tells this cloud from others."""
    top: tuple[tuple[str, float], ...]
    """All names with their probabilities, best first. They sum to 1, for they are of the names alone."""
    none: float | None
    """The probability that no name fits, if for half of all clouds none did; None where that was not judged."""
    fit: float
    """How well the best name fits; below 0 it is none of these. It has no unit."""
    is_none: bool
    """Whether not even the best name fits."""
    cloud: Cloud = field(repr=False)
    """What the model looked at."""
    images: Callable[[], Tensor | None] = field(repr=False, default=lambda: None)
    """Draws what the encoder looked at, (views, height, width); None where it sees no images."""

    def __str__(self) -> str:
        rest = others(self)
        return f"{self.source}: {self.name} {per_cent(self.probability)}{f' ({rest})' if rest else ''}"

    @property
    def name(self) -> str:
        """The best name, or "none of these"."""
        return NONE if self.is_none else self.top[0][0]

    @property
    def probability(self) -> float:
        """How sure the name is, in [0, 1]; of "none of these", how sure that is."""
        return self.none if self.is_none and self.none is not None else self.top[0][1]

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the reader had to say: what it guessed and what it left out."""
        return self.cloud.remarks

    @property
    def up(self) -> tuple[str, float] | None:
        """The axis of the input that was taken for up, and how sure that is; None where it was told."""
        ups = self.cloud.ups
        return None if ups is None or not bool(ups.any()) else (taken_up(ups), float(ups.max()))

    def views(self) -> "Image":
        """Return what the model saw, as a picture: the row of views with the best names.

        Raises:
            ConfigError: the encoder looks at points, not at views.
        """
        from pointclip2.app.answers.pictures import sheet

        return sheet([self])

    def to_dict(self, top: int = 5) -> dict[str, Any]:
        """Return the answer as plain data, with so many of the best names."""
        return {
            "source": self.source,
            "name": self.name,
            "probability": round(self.probability, 6),
            "is_none": self.is_none,
            "none": None if self.none is None else round(self.none, 6),
            "fit": round(self.fit, 6),
            "top": [{"name": name, "probability": round(value, 6)} for name, value in self.top[:top]],
            "up": None if self.up is None else {"axis": self.up[0], "probability": round(self.up[1], 4)},
            "remarks": list(self.remarks),
        }

    def _repr_html_(self) -> str:
        from pointclip2.app.answers.pictures import png, views_or_none

        picture = views_or_none(self)
        drawn = "" if picture is None else _image(png(picture))
        return f"<div>{_table([self])}{drawn}</div>"

    def _repr_png_(self) -> bytes | None:
        from pointclip2.app.answers.pictures import png, views_or_none

        picture = views_or_none(self)
        return None if picture is None else png(picture)


class Answers(Sequence[Answer]):
    """The answers for several clouds, in the order in which they were given.

    Args:
        answers: for every cloud that could be read.
        unread: why others could not be read, by their source.
    """

    def __init__(self, answers: Sequence[Answer], unread: Mapping[str, str] | None = None) -> None:
        self.answers = tuple(answers)
        self.unread = dict(unread or {})

    @overload
    def __getitem__(self, index: int) -> Answer: ...
    @overload
    def __getitem__(self, index: slice) -> "Answers": ...
    def __getitem__(self, index: int | slice) -> "Answer | Answers":
        return Answers(self.answers[index]) if isinstance(index, slice) else self.answers[index]

    def __len__(self) -> int:
        return len(self.answers)

    def __iter__(self) -> Iterator[Answer]:
        return iter(self.answers)

    def __repr__(self) -> str:
        lost = f", {len(self.unread)} unread" if self.unread else ""
        told = ", ".join(answer.name for answer in self.answers[:5]) + (", ..." if len(self) > 5 else "")
        return f"Answers({len(self)}{lost}{': ' if told else ''}{told})"

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the answers as plain data."""
        return [answer.to_dict() for answer in self]

    def to_pandas(self) -> "pandas.DataFrame":
        """Return a table with a row an answer and a column a name.

        Raises:
            ModuleNotFoundError: pandas is not installed.
        """
        import pandas

        return pandas.DataFrame(self.rows())

    def rows(self) -> list[dict[str, Any]]:
        """Return a row an answer: its name and the probability of every name; then what could not be read, and why.

        ``none`` is the probability that no name fits; from one half on, where ``fit`` is 0, the answer is that.
        """
        found = []
        for answer in self:
            row = {"source": answer.source, "name": answer.name, "probability": round(answer.probability, 6)}
            none = "" if answer.none is None else round(answer.none, 6)
            row |= {"none": none, "fit": round(answer.fit, 6), "remarks": "; ".join(answer.remarks)}
            found.append(row | {f"p({name})": round(value, 6) for name, value in sorted(answer.top)})
        return found + [{"source": source, "name": "", "remarks": why} for source, why in self.unread.items()]

    def save(self, path: str | Path, force: bool = False) -> Path:
        """Write the table as CSV.

        Raises:
            ConfigError: the file exists already and ``force`` does not say to replace it.
        """
        target = refuse_existing(path, force, (".csv",))
        rows = self.rows()
        fields = list(dict.fromkeys(key for row in rows for key in row)) or ["source", "name", "probability"]
        write_text(
            target, csv_text([fields, *([row.get(name, "") for name in fields] for row in rows)], "\r\n")
        )
        return target

    def _repr_html_(self) -> str:
        rest = len(self) - SHOWN
        more = f"<p>and {rest} more</p>" if rest > 0 else ""
        lost = "".join(f"<li>{html.escape(why)}</li>" for why in self.unread.values())
        return f"<div>{_table(self.answers[:SHOWN])}{more}{f'<ul>{lost}</ul>' if lost else ''}</div>"


SHOWN = 50
"""Rows of a table in a notebook."""


def _table(answers: Sequence[Answer]) -> str:
    rows = "".join(
        f"<tr><td>{html.escape(answer.source)}</td><td><b>{html.escape(answer.name)}</b></td>"
        f"<td>{html.escape(per_cent(answer.probability))}</td><td>{html.escape(others(answer))}</td></tr>"
        for answer in answers
    )
    return f"<table><tr><th>cloud</th><th>answer</th><th></th><th>other names</th></tr>{rows}</table>"


def others(answer: Answer, count: int = 2) -> str:
    """Return the next best names in a line; for what fits no name, the names that came nearest, without figures."""
    if answer.is_none:
        return f"nearest: {', '.join(name for name, _ in answer.top[:count])}"
    return ", ".join(f"{name} {per_cent(value)}" for name, value in answer.top[1 : count + 1])


def _image(content: bytes) -> str:
    return f'<img alt="views" src="data:image/png;base64,{base64.b64encode(content).decode("ascii")}">'
