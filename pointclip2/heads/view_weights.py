"""Provide view weights. Each source is an option of ``view_weights`` and says what its weights were selected on."""

import csv
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from pointclip2.reading import check_aliases, read_text, why_unreadable
from pointclip2.sealed import DamagedError, opened
from pointclip2.types import ConfigError, known_selection

PUBLISHED = Path(__file__).resolve().parents[1] / "assets" / "published_view_weights.csv"


@runtime_checkable
class ViewWeights(Protocol):
    """Gives weights for per-view logits."""

    @property
    def source(self) -> str:
        """Return where the weights come from."""
        ...

    @property
    def selected_on(self) -> str:
        """Return which labels chose the weights: ``none``, ``train``, ``holdout``, ``test``.

        It travels with every number.
        """
        ...

    def describe(self) -> dict[str, Any]:
        """Return what ``results.json`` says of the weights."""
        ...

    def __call__(
        self, logits: Float[Tensor, "views batch classes"]
    ) -> Float[Tensor, " views"] | Float[Tensor, "views batch"]:
        """Return the weights for these logits."""
        ...


@runtime_checkable
class ViewWeightSource(Protocol):
    """Defines the ``view_weights`` option, which gives its weights for a data set, a backbone and a number of views."""

    def resolve(self, data: str, backbone: str, views: int) -> ViewWeights:
        """Return the weights for this combination.

        Raises:
            ConfigError: there are none.
        """
        ...


@dataclass(frozen=True)
class FixedWeights:
    """Gives the same weights to every shape."""

    values: tuple[float, ...]
    source: str
    selected_on: str

    def __call__(self, logits: Float[Tensor, "views batch classes"]) -> Float[Tensor, " views"]:
        return torch.tensor(self.values, dtype=logits.dtype, device=logits.device)

    def describe(self) -> dict[str, Any]:
        return {"values": list(self.values), "source": self.source, "selected_on": self.selected_on}


@dataclass(frozen=True)
class CategoryWeights:
    """Gives every category fixed weights of its own: for part segmentation, where a shape's category is given."""

    values: Mapping[str, tuple[float, ...]]
    source: str
    selected_on: str

    def of(self, category: str | None) -> FixedWeights:
        """Return the weights of one category.

        Raises:
            ConfigError: there are none.
        """
        known = {name.casefold(): values for name, values in self.values.items()}
        if category is None or category.casefold() not in known:
            raise ConfigError(
                f"{self.source} has no view weights for {category or 'shapes without a category'}; "
                f"it has {', '.join(self.values)}"
            )
        return FixedWeights(known[category.casefold()], self.source, self.selected_on)

    def __call__(self, logits: Float[Tensor, "views batch classes"]) -> Float[Tensor, " views"]:
        raise ConfigError(
            f"{self.source} holds view weights by category, which only part segmentation can use: "
            f"give view_weights.key of one of {', '.join(self.values)}"
        )

    def describe(self) -> dict[str, Any]:
        values = {name: list(values) for name, values in self.values.items()}
        return {"values": values, "source": self.source, "selected_on": self.selected_on}


class UniformWeights:
    """Counts every view the same."""

    def resolve(self, data: str, backbone: str, views: int) -> FixedWeights:
        return FixedWeights((1.0,) * views, "uniform", "none")


class PublishedWeights:
    """Looks PointCLIP V2's published weights up by data set and backbone. All were searched on test labels.

    Args:
        data: name in the table instead of the run's own data set.
        backbone: name in the table instead of the run's own backbone.
    """

    def __init__(self, data: str | None = None, backbone: str | None = None) -> None:
        self.data = data
        self.backbone = backbone

    def resolve(self, data: str, backbone: str, views: int) -> FixedWeights:
        with PUBLISHED.open(newline="") as file:
            rows = list(csv.DictReader(file))
        data, backbone = self.data or data, self.backbone or backbone
        for row in rows:
            if data.startswith(row["data"]) and backbone in (row["backbone"], row["backbone_id"]):
                values = tuple(float(value) for value in row["values"].split())
                return _checked(values, views, f"published {row['data']} {row['backbone']}", "test")
        known = "; ".join(f"{row['data']} {row['backbone']}" for row in rows)
        raise ConfigError(f"no published view weights for {data} with {backbone}; published are: {known}")


class FileWeights:
    """Reads weights from JSON or YAML, a list or ``{"values": [...], "selected_on": "holdout"}``, or ``best_param.py``.

    ``{category: [...]}`` gives every category its own, for part segmentation.

    Args:
        path: the file; python literals are read, never executed.
        key: dotted path to the weights inside the file.
        selected_on: what the weights were selected on, where the file does not say.
    """

    def __init__(self, path: str | None, key: str | None = None, selected_on: str = "unknown") -> None:
        if path is None:
            raise ConfigError("view_weights=file: give view_weights.path=FILE")
        self.path = Path(path).expanduser()
        self.key = key
        self.selected_on = known_selection("view_weights.selected_on", selected_on)

    def resolve(self, data: str, backbone: str, views: int) -> FixedWeights | CategoryWeights:
        content = self._read()
        selected_on = self.selected_on
        for part in self.key.split(".") if self.key else ():
            if not isinstance(content, dict) or part not in content:
                known = ", ".join(map(str, content)) if isinstance(content, dict) else type(content).__name__
                raise ConfigError(f"{self.path}: no {part!r} in it; there is: {known}")
            content = content[part]
        if isinstance(content, dict) and "values" in content:
            selected_on = known_selection(
                f"{self.path}: selected_on", content.get("selected_on", selected_on)
            )
            content = content["values"]
        if isinstance(content, dict) and content and all(_is_numbers(value) for value in content.values()):
            own = {
                str(name): _checked(
                    tuple(map(float, values)), views, f"{self.path}, {name}", selected_on
                ).values
                for name, values in content.items()
            }
            return CategoryWeights(own, str(self.path), selected_on)
        if not _is_numbers(content):
            hint = (
                f"; give view_weights.key, one of: {', '.join(map(str, content))}"
                if isinstance(content, dict)
                else ""
            )
            raise ConfigError(f"{self.path}: no list of numbers{hint}")
        return _checked(tuple(float(value) for value in content), views, str(self.path), selected_on)

    def _read(self) -> Any:
        from pointclip2.text.literals import read_literals

        unreadable = why_unreadable(self.path)
        if unreadable:
            raise ConfigError(f"view_weights.path={self.path}: {unreadable}")
        if self.path.suffix == ".py":
            return read_literals(self.path)
        try:
            if self.path.suffix in (".yaml", ".yml"):
                import yaml

                text = read_text(self.path)
                check_aliases(text)
                return yaml.safe_load(text)
            return opened(json.loads(read_text(self.path)), self.path)
        except DamagedError as error:
            raise ConfigError(f"view_weights.path: {error}") from error
        except (ValueError, OSError, RecursionError) as error:
            raise ConfigError(
                f"{self.path}: not readable as JSON or YAML ({' '.join(str(error).split())})"
            ) from error
        except Exception as error:  # yaml raises its own kind, and is imported only here
            raise ConfigError(
                f"{self.path}: not readable as YAML ({' '.join(str(error).split())})"
            ) from error


class EntropyWeights:
    """Weighs each shape's views without labels, by ``exp(-entropy / temperature)`` of a view's own prediction.

    Args:
        temperature: in nats; a small one trusts only the surest views, a large one gives almost equal weights.
    """

    source = "entropy"
    selected_on = "none"

    def __init__(self, temperature: float = 0.5) -> None:
        if not 0 < temperature < math.inf:
            raise ConfigError(f"view_weights.temperature={temperature} must be positive")
        self.temperature = temperature

    def resolve(self, data: str, backbone: str, views: int) -> "EntropyWeights":
        return self

    def __call__(self, logits: Float[Tensor, "views batch classes"]) -> Float[Tensor, "views batch"]:
        entropy = torch.special.entr(logits.softmax(dim=-1)).sum(dim=-1)
        # Measured from the surest view, because a small temperature would otherwise underflow all weights to zero.
        return torch.exp((entropy.amin(dim=0) - entropy) / self.temperature)

    def describe(self) -> dict[str, Any]:
        values = {"temperature": self.temperature}
        return {"values": values, "source": self.source, "selected_on": self.selected_on}


def _is_numbers(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(type(one) in (int, float) for one in value)


def _checked(values: tuple[float, ...], views: int, source: str, selected_on: str) -> FixedWeights:
    if len(values) != views:
        raise ConfigError(f"{source}: {len(values)} view weights for a rig of {views} views")
    if any(not 0 <= value < float("inf") for value in values) or not any(values):
        raise ConfigError(
            f"{source}: view weights must be finite, not negative and not all zero, not {list(values)}"
        )
    return FixedWeights(values, source, selected_on)
