"""What a model says of clouds whose up geometry leaves in doubt."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from pointclip2.data.standing import turned
from pointclip2.encoders.encoder import Encoder
from pointclip2.encoders.upright import Upright, asked_for_up, in_question, weighed
from pointclip2.geometry.standing import UPS
from pointclip2.types import CloudBatch, Features


class Words:
    """Knows one word: the first axis of the vectors."""

    logit_scale = 20.0

    def encode_text(self, sentences: list[str]) -> Tensor:
        return F.normalize(torch.eye(3)[:1].expand(len(sentences), 3), dim=1)

    def describe(self) -> dict[str, Any]:
        return {"kind": "words"}

    def to(self, device: Any) -> "Words":
        return self


class Tip(Encoder):
    """Looks at where the first point is: it is the word if that is on top."""

    id = "tip"
    tokens = 2
    text = Words()  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[int] = []

    def encode(self, clouds: CloudBatch) -> Features:
        self.seen.append(len(clouds))
        x, y, z = clouds.points[:, 0].unbind(dim=1)
        return Features(F.normalize(torch.stack([y, x, z], dim=1), dim=1)[:, None].expand(-1, 2, 3))

    def describe(self) -> dict[str, Any]:
        return {"kind": "tip"}


def likely(**shares: float) -> Tensor:
    ups = torch.full((6,), 0.01)
    for up, share in shares.items():
        ups[UPS.index(up.replace("_", "-"))] = share
    return ups / ups.sum()


def batch(*ups: Tensor) -> CloudBatch:
    """Clouds whose first point is on top when the axis x of their file is up."""
    points = torch.randn(len(ups), 30, 3, generator=torch.Generator().manual_seed(0))
    points[:, 0] = torch.tensor([1.0, 0.0, 0.0])  # of the file
    taken = [UPS[int(row.argmax())] for row in ups]
    return CloudBatch(
        torch.stack([turned(cloud, "any", up) for cloud, up in zip(points, taken, strict=True)]),
        ups=torch.stack(ups),
    )


def test_only_directions_in_question_are_looked_at_and_the_best_fit_is_taken() -> None:
    tip = Tip()
    clouds = batch(likely(y=0.9), likely(y=0.5, x=0.4), likely(z=0.4, y=0.3, x=0.25), torch.zeros(6))
    features = Upright(tip).encode(clouds)
    assert tip.seen == [4 + 0 + 1 + 2 + 0]
    assert features.ups is not None
    assert [UPS[row.argmax()] for row in features.ups[:3]] == ["y", "x", "x"]
    assert torch.equal(features.ups[0], clouds.ups[0])  # type: ignore[index]
    assert features.ups[:3].sum(dim=1) == pytest.approx(torch.ones(3))
    assert features.ups[3].sum() == 0


def test_the_vectors_are_those_of_the_clouds_as_they_were_turned() -> None:
    clouds = batch(likely(y=0.9), likely(y=0.5, x=0.4), torch.zeros(6), likely(x=0.5, y=0.4))
    features = Upright(Tip()).encode(clouds)
    points = clouds.points.clone()
    points[1] = turned(points[1], "y", "x")
    assert torch.equal(features.vectors, Tip().encode(CloudBatch(points)).vectors)


def test_colours_and_normals_come_along() -> None:
    seen: list[CloudBatch] = []

    class Watching(Tip):
        def encode(self, clouds: CloudBatch) -> Features:
            seen.append(clouds)
            return super().encode(clouds)

    plain = batch(likely(y=0.9), likely(y=0.5, x=0.4))
    colours = torch.rand(2, 30, 3)
    Upright(Watching()).encode(CloudBatch(plain.points, colours, plain.points, ups=plain.ups))
    assert seen[0].colours is not None
    assert seen[0].normals is not None
    assert torch.equal(seen[0].normals, seen[0].points)
    assert torch.equal(seen[0].colours[2], colours[1])


def test_clouds_whose_up_was_told_are_encoded_as_they_are() -> None:
    tip = Tip()
    clouds = CloudBatch(torch.randn(3, 30, 3))
    features = Upright(tip).encode(clouds)
    assert features.ups is None
    assert torch.equal(features.vectors, tip.encode(clouds).vectors)


def test_the_word_of_the_model_moves_only_what_it_looked_at() -> None:
    ups = likely(y=0.5, z=0.3, x=0.28).unsqueeze(0)
    asked = in_question(ups)
    assert asked.sum() == 3
    said = torch.where(asked, torch.tensor([[1.0, 3.0, 2.0, 0, 0, 0]]), -torch.inf)
    after = weighed(ups, said)
    assert after.sum() == pytest.approx(1)
    assert torch.equal(after[~asked], ups[~asked])
    assert after[0, 1] > ups[0, 1]
    alike = weighed(ups, torch.where(asked, 5.0, -torch.inf))
    assert torch.allclose(alike, ups)


def test_features_of_turned_clouds_are_kept_apart_from_those_as_they_lie() -> None:
    assert Upright(Tip()).describe() != Tip().describe()
    assert Upright(Tip(), ("chair",)).describe() != Upright(Tip(), ("table",)).describe()


def test_a_model_that_has_not_learned_is_not_asked() -> None:
    untrained = Tip()
    untrained.trained = False
    assert asked_for_up(Tip())
    assert not asked_for_up(untrained)
