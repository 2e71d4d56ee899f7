"""Let an encoder's own confidence say which way up a cloud stands, where its geometry leaves a doubt."""

from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor

from pointclip2.data.class_names import KNOWN
from pointclip2.data.standing import turned
from pointclip2.encoders.description import described
from pointclip2.encoders.encoder import Encoder, SentenceEncoder, text_of
from pointclip2.geometry.standing import UPS
from pointclip2.types import CloudBatch, Features

SENTENCE = "a depth map of a {}."
POSSIBLE = 0.5
"""A direction is in question if it is at least so likely, as a share of the likeliest: lower finds no more shapes."""
WEIGHT = 0.7
"""How much the model's word counts beside geometry's, as a factor of its logits: fitted on procedural shapes."""


def asked_for_up(encoder: Any) -> bool:
    """Return whether an encoder can say which way up a cloud fits its words best: it has learned, and has words."""
    return isinstance(encoder, Encoder) and encoder.trained and encoder.text is not None


class Upright(Encoder):
    """Encodes clouds the right way up: where ``ups`` leave more than one direction, each is looked at.

    The direction that geometry finds likely and in which a cloud looks most like something that has a name is taken.
    Clouds without doubt, and those whose up was told, cost nothing more.

    >>> encoder = Upright(build(compose("evaluate").encoder))
    >>> features = encoder.encode(CloudBatch.of(clouds))  # clouds of pointclip2.read(path, up="auto")
    >>> cloud = turn(clouds[0], features.ups[0])  # the cloud as it was encoded, and a remark that says so

    Args:
        encoder: of whole clouds, with text.
        names: of things that a cloud may look like.
    """

    def __init__(self, encoder: Encoder, names: tuple[str, ...] = KNOWN) -> None:
        super().__init__()
        self.encoder = encoder
        self.names = names
        self.id, self.trained, self.trained_on = encoder.id, encoder.trained, encoder.trained_on
        self.seconds = encoder.seconds
        self._words: Tensor | None = None

    @property
    def tokens(self) -> int:
        """As the encoder has them."""
        return self.encoder.tokens

    @property
    def text(self) -> SentenceEncoder:
        """The encoder's own."""
        return text_of(self.encoder)

    def encode(self, clouds: CloudBatch) -> Features:
        """Encode a batch; ``ups`` of the features say which way up every cloud was."""
        if clouds.ups is None:
            return self.encoder.encode(clouds)
        row, direction = in_question(clouds.ups).nonzero(as_tuple=True)
        taken = clouds.ups.argmax(dim=1)
        other = direction != taken[row]
        row, direction = row[other], direction[other]
        vectors = self.encoder.encode(_with_turned(clouds, row, taken[row], direction)).vectors
        count = len(clouds)
        ups = clouds.ups.float()
        if len(row):
            with self.stage("up"):
                fit = self._fit(vectors)
                # The fit of every direction of every cloud; nothing where it was not looked at.
                said = torch.full_like(ups, -torch.inf)
                said[torch.arange(count, device=said.device), taken] = fit[:count]
                said[row, direction] = fit[count:]
                ups = weighed(ups, said)
        chosen = torch.arange(count, device=taken.device)
        better = direction == ups.argmax(dim=1)[row]
        chosen[row[better]] = count + better.nonzero().squeeze(1)
        return Features(vectors[chosen], ups=ups)

    def describe(self) -> dict[str, Any]:
        """Return what decides the features: the encoder, and how its word on what is up is taken."""
        asked = {"sentence": SENTENCE, "names": list(self.names), "possible": POSSIBLE, "weight": WEIGHT}
        return {"kind": "upright", "encoder": described(self.encoder), **asked}

    def shown(self, clouds: CloudBatch) -> Tensor | None:
        """Return what the encoder looks at in clouds as they lie."""
        return self.encoder.shown(clouds)

    def _fit(self, vectors: Float[Tensor, "batch tokens dim"]) -> Float[Tensor, " batch"]:
        """Return the logit of the name that fits best, over all views."""
        if self._words is None:
            words = self.text.encode_text([SENTENCE.format(name) for name in self.names])
            self._words = F.normalize(words.float(), dim=-1)
        cosines = vectors.float().mean(dim=1) @ self._words.to(vectors.device).T
        return self.text.logit_scale * cosines.amax(dim=1)


def in_question(ups: Float[Tensor, "batch 6"]) -> Bool[Tensor, "batch 6"]:
    """Return which directions are worth a look: none but one where there is no doubt, or where up was told."""
    likeliest = ups.amax(dim=1, keepdim=True)
    return (ups >= POSSIBLE * likeliest) & (likeliest > 0)


def weighed(ups: Float[Tensor, "batch 6"], said: Float[Tensor, "batch 6"]) -> Float[Tensor, "batch 6"]:
    """Share what geometry gave to the directions that were looked at among them anew, by what the model said of each.

    Args:
        ups: how likely each direction is.
        said: the logit of each, -inf where the model was not asked.
    """
    asked = said.isfinite()
    asked &= asked.sum(dim=1, keepdim=True) > 1
    anew = torch.where(asked, ups.clamp(min=1e-12).log() + WEIGHT * said, -torch.inf).softmax(dim=1)
    share = torch.where(asked, ups, 0.0).sum(dim=1, keepdim=True)
    return torch.where(asked, share * anew, ups)


def _with_turned(clouds: CloudBatch, row: Tensor, taken: Tensor, direction: Tensor) -> CloudBatch:
    """Return the clouds, and below them those of ``row``, each with another direction up."""
    rows = torch.cat([torch.arange(len(clouds), device=row.device), row])

    def below(values: Tensor | None, turns: bool) -> Tensor | None:
        if values is None:
            return None
        values = values[rows]
        if turns:
            for place, (at, up) in enumerate(
                zip(taken.tolist(), direction.tolist(), strict=True), len(clouds)
            ):
                values[place] = turned(values[place], UPS[at], UPS[up])
        return values

    points = below(clouds.points, True)
    assert points is not None
    return CloudBatch(points, below(clouds.colours, False), below(clouds.normals, True))
