"""Save a trained adapter as one safetensors file that says what it is, and refuse files that do not fit."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from torch import Tensor

from pointclip2.heads.adapters.adapter import Adapter, Setting
from pointclip2.heads.adapters.register import adapter_class, home_of
from pointclip2.reading import why_unreadable
from pointclip2.sealed import DamagedError, open_tensors, tensor_file
from pointclip2.types import ConfigError, UserError, WeightsError
from pointclip2.version import __version__
from pointclip2.writing import write_bytes

log = logging.getLogger(__name__)

FORMAT = 1
"""Version of the file format; raise it when older files no longer mean the same."""


@dataclass(frozen=True)
class AdapterCard:
    """Describes an adapter in its file, beside the weights."""

    adapter: str
    options: Mapping[str, Any]
    """Arguments of the adapter's constructor."""
    classes: Sequence[str]
    views: int
    dim: int
    backbone: Mapping[str, Any]
    """The backbone's ``id`` and any ``weights_hash``: with other weights, features mean something else."""
    made: Mapping[str, Any] = field(default_factory=dict)
    """How the adapter was made: data, shots, seed, prompt, projector, and what was chosen on validation."""
    home: str | None = None
    """Module and class of an adapter from another package; None for one of ours."""
    format: int = FORMAT
    pointclip2: str = __version__


def adapter_card(adapter: Adapter, backbone: Mapping[str, Any], made: Mapping[str, Any]) -> AdapterCard:
    """Return what the file of an adapter says of it.

    ``backbone`` is the backbone's own description, of which only id and hash are kept.
    """
    setting = adapter.setting
    return AdapterCard(
        adapter=adapter.name,
        options=adapter.options,
        classes=list(setting.classes),
        views=setting.views,
        dim=setting.dim,
        backbone={name: backbone.get(name) for name in ("id", "weights_hash")},
        made=dict(made),
        home=home_of(adapter),
    )


def save_adapter(
    path: Path, adapter: Adapter, backbone: Mapping[str, Any], made: Mapping[str, Any]
) -> AdapterCard:
    """Write the file in one step and return its card; see `adapter_card`.

    Raises:
        OSError: it cannot be written; what was there is as it was.
    """
    card = adapter_card(adapter, backbone, made)
    tensors = {name: tensor.detach().cpu() for name, tensor in adapter.state_dict().items()}
    write_bytes(path, tensor_file(tensors, {"adapter": json.dumps(asdict(card))}))
    return card


def read_adapter(path: Path) -> tuple[AdapterCard, dict[str, Tensor]]:
    """Read the card and the weights. The file is data: nothing in it is executed.

    Raises:
        WeightsError: the file is missing, damaged, no adapter file, or of another format.
    """
    if path.is_dir():
        path = path / "adapter.safetensors"
    unreadable = why_unreadable(path)
    if unreadable:
        raise WeightsError(f"adapter.checkpoint={path}: {unreadable}; train.py writes adapter.safetensors")
    try:
        with open_tensors(path, needed=False) as file:
            content, state, verified = file.told.get("adapter"), file.tensors(), file.is_sealed
    except DamagedError as error:
        raise WeightsError(
            f"{error}: take a copy of it, or train it again; pickled checkpoints are never read"
        ) from error
    if content is None:
        raise WeightsError(f"{path} holds weights, but no adapter of train.py")
    try:
        plain = json.loads(content)
        if plain["format"] != FORMAT:
            raise WeightsError(
                f"{path} was written by pointclip2 {plain.get('pointclip2')} in format {plain['format']}, this is "
                f"{__version__} with format {FORMAT}: train it again, or use that version"
            )
        card = AdapterCard(**plain)
    except (ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"{path}: its description is damaged ({_line(error)})") from error
    if not verified:
        log.warning(
            "%s: pointclip2 %s wrote no checksum into it, so that damage cannot be seen",
            path,
            card.pointclip2,
        )
    return card, state


def load_adapter(path: Path, setting: Setting, backbone: Mapping[str, Any]) -> tuple[Adapter, AdapterCard]:
    """Load the adapter of a file, ready to use in this setting.

    Raises:
        WeightsError: it was trained for other classes, views, widths or another backbone, or cannot be read.
    """
    card, state = read_adapter(path)
    _check_setting(path, card, setting, backbone)
    kind = adapter_class(path, card.adapter, card.home)
    try:
        adapter: Adapter = kind(**card.options)
        adapter.begin(replace(setting, width=card.dim))
        adapter.load_state_dict(state)
    except (TypeError, RuntimeError, UserError) as error:
        raise WeightsError(f"{path}: its weights do not fit {card.adapter} ({_line(error)})") from error
    return adapter.eval(), card


def _check_setting(path: Path, card: AdapterCard, setting: Setting, backbone: Mapping[str, Any]) -> None:
    if list(card.classes) != list(setting.classes):
        raise WeightsError(
            f"{path} was trained for other classes: {_difference(card.classes, setting.classes)}"
        )
    encoder = "encoder" if setting.text is None else "backbone"
    for what, theirs, ours, option in (
        ("views", card.views, setting.views, "projector"),
        ("feature width", card.dim, card.dim if setting.text is None else setting.dim, encoder),
        ("backbone", card.backbone["id"], backbone["id"], encoder),
        ("backbone weights", card.backbone.get("weights_hash"), backbone.get("weights_hash"), encoder),
    ):
        if theirs != ours:
            shown = [str(value)[:40] for value in (theirs, ours)]
            raise WeightsError(
                f"{path} was trained for {what} {shown[0]}, this run has {shown[1]}: "
                f"choose that {option}, or train again"
            )


def _difference(theirs: Sequence[str], ours: Sequence[str]) -> str:
    without, beyond = [n for n in theirs if n not in ours], [n for n in ours if n not in theirs]
    if not without and not beyond:
        return "the same names in another order; data.classes lists them"
    parts = [f"{len(names)} {what} ({', '.join(names[:3])}{', ...' if len(names) > 3 else ''})"
             for names, what in ((without, "are missing here"), (beyond, "are unknown to it")) if names]  # fmt: skip
    return "; ".join(parts)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


class SavedAdapter:
    """Holds the ``adapter`` option of ``evaluate.py``: an adapter that ``train.py`` saved, or none.

    Args:
        checkpoint: an ``adapter.safetensors``, or the folder of the run that wrote it; None evaluates zero-shot.
    """

    def __init__(self, checkpoint: str | None = None) -> None:
        self.checkpoint = None if checkpoint is None else Path(checkpoint).expanduser()

    def open(self, setting: Setting, backbone: Mapping[str, Any]) -> tuple[Adapter, AdapterCard] | None:
        """Return the adapter and its card, or None.

        Raises:
            WeightsError: see `load_adapter`.
        """
        return None if self.checkpoint is None else load_adapter(self.checkpoint, setting, backbone)


def saved_adapter(option: object) -> SavedAdapter:
    """Return the option, if it is an adapter that can be evaluated.

    Raises:
        ConfigError: the option is an adapter that has still to be trained.
    """
    if not isinstance(option, SavedAdapter):
        raise ConfigError("evaluate.py takes a trained adapter: adapter.checkpoint=FILE; train.py trains one")
    return option
