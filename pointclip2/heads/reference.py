"""Keep what known things and things of no class look like to one encoder, for judging how well a name fits."""

import json
import logging
from dataclasses import dataclass, fields
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float, Int64
from safetensors.torch import load_file, save_file
from torch import Tensor

from pointclip2.cache import FeatureCache, encode_missing
from pointclip2.cache.encode_missing import Driver
from pointclip2.cache.text import class_vectors
from pointclip2.encoders.description import described
from pointclip2.encoders.encoder import Encoder
from pointclip2.errors import ConfigError
from pointclip2.text import PromptSet, TemplatePrompt, TemplatesPrompt
from pointclip2.worlds.reference import PLAIN, ReferenceShapes

SHIPPED = Path(__file__).resolve().parents[1] / "assets" / "reference"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reference:
    """What an encoder says about procedural shapes of `ReferenceShapes`, and about sentences that name no class.

    Vectors of shapes are means over views, not scaled to length one: their length tells how far the views agree.
    """

    bank: Float[Tensor, "bank dim"]
    """Shapes to compare with."""
    bank_labels: Int64[Tensor, " bank"]
    """Index into the names of `ReferenceShapes`; -1 for shapes of no class."""
    held: Float[Tensor, "held dim"]
    """Other shapes, to calibrate on."""
    held_labels: Int64[Tensor, " held"]
    held_plain: Int64[Tensor, " held"]
    """1 for clean shapes, 0 for styled and worn ones."""
    names: Float[Tensor, "known dim"]
    """The unit text vector of every known name."""
    background: Float[Tensor, "sentences dim"]
    """Unit text vectors of solids and of everyday things that are no known class."""

    @classmethod
    def of(
        cls, encoder: Encoder, features: FeatureCache | None = None, driver: Driver | None = None
    ) -> "Reference":
        """Return the reference of an encoder: shipped with the program, kept in the cache, or made now.

        Making it takes as long as classifying 2,058 clouds; the features cache keeps it.

        Args:
            encoder: whose vectors have text to compare with.
            features: where features are kept; by default nowhere.
            driver: who runs the encoder; by default this process does.

        Raises:
            ConfigError: the encoder knows no sentences.
        """
        if encoder.text is None:
            raise ConfigError(
                f"encoder {encoder.id} knows no sentences, so nobody can say how well a name fits: rejection=none"
            )
        key = reference_key(encoder)
        shipped = SHIPPED / f"{key}.safetensors"
        if shipped.is_file():
            return cls(**_loaded(shipped))
        root = features.root if features else None
        log.info("how well names fit is calibrated on procedural shapes, once for this encoder")
        shapes = {}
        for split in ("bank", "held"):
            dataset = ReferenceShapes(split)
            found = encode_missing(dataset, encoder, cache=features, driver=driver).loaded()
            shapes[split] = found.features.float().mean(dim=1).cpu()
            shapes[f"{split}_labels"] = torch.tensor(dataset.labels)[found.index]
            if split == "held":
                plain = [dataset.names[i].startswith(PLAIN) for i in found.index.tolist()]
                shapes["held_plain"] = torch.tensor(plain, dtype=torch.int64)
        names = class_vectors(encoder.text, TemplatesPrompt()(ReferenceShapes.classes), root)
        return cls(**shapes, names=names.cpu(), background=class_vectors(encoder.text, background(), root).cpu())

    def save(self, path: Path) -> None:
        """Write the reference in half precision, to be shipped."""
        path.parent.mkdir(parents=True, exist_ok=True)
        held = {part.name: getattr(self, part.name) for part in fields(self)}
        save_file({n: v.half() if v.is_floating_point() else v.to(torch.int8) for n, v in held.items()}, path)


def reference_key(encoder: Encoder) -> str:
    """Return what tells the references of different encoders apart."""
    said = json.dumps([described(encoder), described(encoder.text)], sort_keys=True)
    return blake2b(said.encode(), digest_size=8).hexdigest()


def _loaded(path: Path) -> dict[str, Any]:
    return {
        name: value.float() if value.is_floating_point() else value.long()
        for name, value in load_file(path).items()
    }


@cache
def background() -> PromptSet:
    """Return the sentences that stand for no class of anybody: bare solids and everyday things, a class each."""
    text = files("pointclip2").joinpath("assets", "everything_else.json").read_text(encoding="utf-8")
    nouns = [noun for group in json.loads(text).values() for noun in group]
    return TemplatePrompt("a depth map of a {}.")(nouns)
