"""Keep what known things and things of no class look like to one encoder, for judging how well a name fits."""

import json
import logging
from dataclasses import dataclass, fields
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from pointclip2.cache import FeatureCache, encode_missing
from pointclip2.cache.encoding import Driver
from pointclip2.cache.text import class_vectors
from pointclip2.encoders.description import described
from pointclip2.encoders.encoder import Encoder
from pointclip2.errors import ConfigError, DataError
from pointclip2.sealed import DamagedError, open_tensors, tensor_file
from pointclip2.text import PromptSet, TemplatePrompt, TemplatesPrompt
from pointclip2.worlds.reference import PLAIN, ReferenceShapes
from pointclip2.writing import write_bytes

SHIPPED = Path(__file__).resolve().parents[1] / "assets" / "reference"
PER_CLASS = 12
"""Shapes of every known class to compare with; as many again to calibrate on, and half as many styled."""

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
    held_plain: Bool[Tensor, " held"]
    """Whether a shape is clean, and neither styled nor worn."""
    names: Float[Tensor, "known dim"]
    """The unit text vector of every known name."""
    things: Float[Tensor, "things dim"]
    """Of bare solids and everyday things that are no known class."""

    @classmethod
    def of(
        cls, encoder: Encoder, features: FeatureCache | None = None, driver: Driver | None = None
    ) -> "Reference":
        """Return the reference of an encoder: the one that is shipped with the program, or made and kept in the cache.

        Made, it takes as long as classifying 2,205 clouds.

        Args:
            encoder: whose vectors have text to compare with.
            features: where features are kept; by default nowhere.
            driver: who runs the encoder; by default this process does.

        Raises:
            ConfigError: the encoder knows no sentences.
        """
        root = features.root if features else None
        for there in _places(encoder, root):
            try:
                return cls.load(there)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except DamagedError as error:
                log.warning("%s: it is made anew", error)
        made = cls.made(encoder, features, driver)
        if root is not None:
            try:
                made.save(root / "reference" / _name(encoder))
                return cls.load(root / "reference" / _name(encoder))  # as every later run has it
            except OSError as error:  # costs the cache only
                log.warning("the calibration is not kept (%s: %s)", root, error.strerror or error)
        return made

    @classmethod
    def made(
        cls,
        encoder: Encoder,
        features: FeatureCache | None = None,
        driver: Driver | None = None,
        bank: int = PER_CLASS,
        held: int = PER_CLASS,
    ) -> "Reference":
        """Return the reference of an encoder with so many shapes a class, encoded now or taken from the cache."""
        text = encoder.text
        if text is None:
            raise _wordless(encoder)
        log.info("how well names fit is calibrated on procedural shapes, once for this encoder")
        columns: dict[str, Tensor] = {}
        for split, count in (("bank", bank), ("held", held)):
            dataset = ReferenceShapes(split, count)
            found = encode_missing(dataset, encoder, cache=features, driver=driver).loaded()
            if found.skipped:
                reason = next(iter(found.skipped.values()))
                raise DataError(f"how well names fit cannot be calibrated: {reason}")
            columns[split] = found.features.float().mean(dim=1).cpu()
            columns[f"{split}_labels"] = torch.tensor(dataset.labels)[found.index]
            plain = [dataset.names[i].startswith(PLAIN) for i in found.index.tolist()]
        columns["held_plain"] = torch.tensor(plain)
        root = features.root if features else None
        texts = {"names": TemplatesPrompt()(ReferenceShapes.classes), "things": things()}
        vectors = {name: class_vectors(text, prompts, root).cpu() for name, prompts in texts.items()}
        return cls(**columns, **vectors)

    @classmethod
    def load(cls, path: Path) -> "Reference":
        """Return what `save` wrote under this name.

        Raises:
            FileNotFoundError, NotADirectoryError: there is no such file.
            DamagedError: it is not what was written there.
        """
        with open_tensors(path, path.stem) as file:
            return cls(**{name: _plain(value) for name, value in file.tensors().items()})

    def save(self, path: Path) -> None:
        """Write the reference, vectors in half precision."""
        kept = {part.name: _small(getattr(self, part.name)) for part in fields(self)}
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, tensor_file(kept, belongs=path.stem))


def calibrated(encoder: Encoder, root: Path | None) -> bool:
    """Return whether the reference of an encoder is there already: shipped, or kept in a features cache."""
    return encoder.text is not None and any(path.is_file() for path in _places(encoder, root))


def _places(encoder: Encoder, root: Path | None) -> list[Path]:
    folders = (SHIPPED, *([] if root is None else [root / "reference"]))
    return [folder / _name(encoder) for folder in folders]


def _name(encoder: Encoder) -> str:
    return f"{reference_key(encoder)}.safetensors"


def reference_key(encoder: Encoder) -> str:
    """Return what tells the references of different encoders apart.

    Raises:
        ConfigError: the encoder knows no sentences.
    """
    if encoder.text is None:
        raise _wordless(encoder)
    columns = [part.name for part in fields(Reference)]
    said = json.dumps([described(encoder), described(encoder.text), columns, things().hash], sort_keys=True)
    return blake2b(said.encode(), digest_size=8).hexdigest()


def things() -> PromptSet:
    """Return bare solids and everyday things that are no known class, a sentence each."""
    text = files("pointclip2").joinpath("assets", "everything_else.json").read_text(encoding="utf-8")
    nouns = [noun for group in json.loads(text).values() for noun in group]
    return TemplatePrompt("a depth map of a {}.")(nouns)


def _wordless(encoder: Encoder) -> ConfigError:
    return ConfigError(
        f"encoder {encoder.id} knows no sentences, so nobody can say how well a name fits: take encoder=views"
    )


def _small(values: Tensor) -> Tensor:
    if values.dtype == torch.bool:
        return values
    return values.half() if values.is_floating_point() else values.to(torch.int8)


def _plain(values: Tensor) -> Tensor:
    if values.dtype == torch.bool:
        return values
    return values.float() if values.is_floating_point() else values.long()
