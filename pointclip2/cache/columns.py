"""What is kept of an encoder's features, a tensor a column, a row a sample."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol

import torch
from torch import Tensor

from pointclip2.cache.codec import CODEC_VERSION, check_bits, pack, pack_flags, unpack, unpack_flags
from pointclip2.encoders.encoder import Encoder
from pointclip2.types import Cloud, CloudBatch, Features, Places


class Columns(Protocol):
    """Says how samples are put side by side, encoded, and kept."""

    @property
    def names(self) -> Sequence[str] | None:
        """The columns; None where every sample has its own: such samples are encoded and kept one at a time."""
        ...

    def describe(self) -> dict[str, Any]:
        """Return what decides the columns beside the encoder."""
        ...

    def collate(self, samples: Sequence[Any]) -> Any:
        """Put samples side by side, as `encode` takes them; a slice of them has to be the same of fewer samples."""
        ...

    def encode(self, encoder: Any, batch: Any) -> dict[str, Tensor]:
        """Return the columns of a batch."""
        ...


class Vectors:
    """Keeps the vectors of an encoder as they are, in one column called ``features``."""

    names: ClassVar[tuple[str, ...]] = ("features",)

    def describe(self) -> dict[str, Any]:
        """Return what decides the column beside the encoder."""
        return {"kind": "vectors"}

    def collate(self, samples: Sequence[Cloud]) -> CloudBatch:
        """Put clouds side by side."""
        return CloudBatch.of(samples)

    def encode(self, encoder: Encoder, batch: CloudBatch) -> dict[str, Tensor]:
        """Return the vectors of a batch of clouds."""
        return {"features": encoder.encode(batch).vectors}


class WithUps:
    """Keeps, beside other columns, how likely each direction is up: ``ups``, as in `pointclip2.types.Cloud`.

    Args:
        kept: the other columns, which every sample has alike.
    """

    def __init__(self, kept: Columns) -> None:
        assert kept.names is not None
        self.kept = kept
        self.names = (*kept.names, "ups")

    def describe(self) -> dict[str, Any]:
        """Return what decides the columns beside the encoder."""
        return {**self.kept.describe(), "ups": True}

    def collate(self, samples: Sequence[Cloud]) -> CloudBatch:
        """Put clouds side by side."""
        batch: CloudBatch = self.kept.collate(samples)
        return batch

    def encode(self, encoder: Any, batch: CloudBatch) -> dict[str, Tensor]:
        """Return the columns of a batch; with the model's word on what is up, where it was asked."""
        ups = torch.zeros(len(batch), 6) if batch.ups is None else batch.ups
        if not isinstance(self.kept, Vectors):
            return {**self.kept.encode(encoder, batch), "ups": ups}
        features = encoder.encode(batch)
        return {"features": features.vectors, "ups": ups if features.ups is None else features.ups}


class Points:
    """Keeps the points themselves, for what learns from them; nothing is encoded."""

    names: ClassVar[tuple[str, ...]] = ("features",)

    def describe(self) -> dict[str, Any]:
        """Return what decides the column beside the encoder."""
        return {"kind": "points"}

    def collate(self, samples: Sequence[Cloud]) -> CloudBatch:
        """Put clouds side by side."""
        return CloudBatch.of(samples)

    def encode(self, encoder: Any, batch: CloudBatch) -> dict[str, Tensor]:
        """Return the points of a batch of clouds."""
        return {"features": batch.points}


class PackedCells:
    """Keeps dense features in few bits, with pixels, visibility, points and parts.

    A shape of 2,048 points, ten views, 14 x 14 cells and 512 channels takes 0.87 MB with 6 bits a number.

    Args:
        bits: of a number: 8, 6 or 4.

    Raises:
        ConfigError: another number of bits.
    """

    names: ClassVar[tuple[str, ...]] = (
        "codes", "scale", "dim", "pixel_yx", "visible", "sides", "points", "parts",
    )  # fmt: skip

    def __init__(self, bits: int) -> None:
        self.bits = check_bits(bits)

    def describe(self) -> dict[str, Any]:
        """Return what decides the columns beside the encoder."""
        return {"kind": "packed cells", "bits": self.bits, "codec": CODEC_VERSION}

    def collate(self, samples: Sequence[Cloud]) -> CloudBatch:
        """Put clouds side by side."""
        return CloudBatch.of(samples)

    def encode(self, encoder: Encoder, batch: CloudBatch) -> dict[str, Tensor]:
        """Return the packed cells of a batch of clouds."""
        features = encoder.encode(batch)
        with encoder.stage("encode"):
            return self.pack(features, batch)

    def pack(self, features: Features, clouds: CloudBatch) -> dict[str, Tensor]:
        """Return one row a sample. Unknown parts are -1; sides are those of image and input."""
        places, (count, points) = features.places, clouds.points.shape[:2]
        assert places is not None
        codes, scale = pack(features.cells, self.bits)
        parts = clouds.parts
        if parts is None:
            parts = torch.full((count, points), -1, dtype=torch.int64)
        return {
            "codes": codes,
            "scale": scale,
            "dim": torch.full((count,), features.vectors.shape[-1]),
            "pixel_yx": places.pixel_yx.to(torch.int16),
            "visible": pack_flags(places.visible),
            "sides": torch.tensor([[places.image_px, places.input_px]]).expand(count, 2),
            "points": clouds.points,
            "parts": parts.to(torch.int32),
        }

    def unpack(self, columns: Mapping[str, Tensor]) -> Features:
        """Return the features of some rows. All rows of a store have the same sides and dim."""
        image_px, input_px = columns["sides"][0].tolist()
        cells = unpack(columns["codes"], columns["scale"].float(), self.bits, int(columns["dim"][0]))
        cells = torch.nn.functional.normalize(cells, dim=-1)
        visible = unpack_flags(columns["visible"], columns["points"].shape[1])
        grid = (cells.shape[1], cells.shape[2], cells.shape[3])
        places = Places(grid, columns["pixel_yx"].long(), visible, image_px, input_px)
        return Features(cells.flatten(1, 3), places)
