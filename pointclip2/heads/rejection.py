"""Judge how well the best of some names fits, not only beside the others: a cloud can be none of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from pointclip2.errors import ConfigError
from pointclip2.heads.reference import Reference
from pointclip2.heads.zero_shot import ZeroShotHead
from pointclip2.text.names import matching
from pointclip2.worlds.reference import ReferenceShapes
from pointclip2.worlds.shapes.classes import register

ALIKE = 0.7
"""Two texts say the same from this cosine on, measured from the mean of all texts."""


@dataclass(frozen=True)
class Judgement:
    """What is said of a batch of clouds."""

    probability: Float[Tensor, "batch classes"]
    """Calibrated, of every name; with ``none`` they sum to 1."""
    none: Float[Tensor, " batch"]
    """That it is none of the names, where as many clouds are as are not; one half exactly at the threshold."""
    fit: Float[Tensor, " batch"]
    """How well the best name fits; below the threshold it is none of them. No unit: 0 is the threshold."""
    is_none: Bool[Tensor, " batch"]

    @property
    def among_names(self) -> Float[Tensor, "batch classes"]:
        """Return the probabilities given that it is one of the names: they sum to 1."""
        return self.probability / self.probability.sum(dim=1, keepdim=True)


class Rejection(nn.Module):
    """Says how well the best of some names fits, and when none does.

    Four things speak for a name: that its text is near; that it is nearer than bare solids, everyday things and known
    classes that are not among the names; that the cloud looks like a procedural shape of one of the names; and that it
    looks more like it than like any other. Each is standardised on held-out procedural shapes, and their mean is the fit.
    A name that the procedural world cannot make is judged by its texts alone.

    It needs no more of a cloud than the mean of its views' vectors, and costs next to nothing.

    Args:
        head: the names, their texts and the view weights.
        reference: what the encoder says about procedural shapes.
        names: of the head's classes, in its order.
        refused: the share of held-out known shapes that may be called none of these.

    Raises:
        ConfigError: ``refused`` is not between 0 and 1, or there are not as many names as classes.
    """

    known: Tensor
    others: Tensor
    own_shapes: Tensor
    other_shapes: Tensor
    makeable: Tensor
    centre: Tensor
    spread: Tensor

    def __init__(
        self, head: ZeroShotHead, names: Sequence[str], reference: Reference, refused: float = 0.05
    ) -> None:
        super().__init__()
        if not 0 < refused < 1:
            raise ConfigError(f"rejection.refused={refused} must be a share between 0 and 1")
        if len(names) != len(head.text):
            raise ConfigError(f"{len(names)} names for {len(head.text)} class vectors")
        self.head = head
        self.refused = refused
        self.register_buffer("known", known_indices(names), persistent=False)
        own = torch.isin(reference.bank_labels, self.known[self.known >= 0])
        texts = torch.cat([reference.background, reference.names])
        self.register_buffer("others", texts[~_alike(texts, head.text.cpu())], persistent=False)
        bank = F.normalize(reference.bank, dim=-1)
        self.register_buffer("own_shapes", bank[own], persistent=False)
        self.register_buffer("other_shapes", bank[~own], persistent=False)
        self.register_buffer("makeable", self.known >= 0, persistent=False)
        self._calibrate(reference)

    def judge(self, features: Float[Tensor, "batch views dim"]) -> Judgement:
        """Return what is said of clouds by the vectors of their views."""
        own = self.to(features.device)
        named = own.head.scores(features)[1]
        fit = own.fit(features.float().mean(dim=1), named.argmax(dim=1))
        none = torch.sigmoid(-self.slope * fit)
        sharpened = (named.clamp(min=1e-30).log() / self.temperature).softmax(dim=1)
        return Judgement(sharpened * (1 - none).unsqueeze(1), none, fit, fit < 0)

    def fit(self, vectors: Float[Tensor, "batch dim"], best: Int64[Tensor, " batch"]) -> Float[Tensor, " batch"]:
        """Return how well the best names fit clouds, by the means of their views' vectors."""
        standardised = (self.evidence(vectors, best) - self.centre) / self.spread
        return standardised.nanmean(dim=1) - self.threshold

    def evidence(
        self, vectors: Float[Tensor, "batch dim"], best: Int64[Tensor, " batch"]
    ) -> Float[Tensor, "batch columns"]:
        """Return all that speaks for the best name, each a column; NaN where nothing can be said."""
        scale = self.head.logit_scale
        text = _soft_maximum(vectors @ self.head.text.to(vectors.device).T, scale)
        unit = F.normalize(vectors, dim=-1)
        other = (unit @ self.other_shapes.T).amax(dim=1)
        shape = torch.full_like(text, torch.nan)
        if len(self.own_shapes):
            shape = torch.where(self.makeable[best], (unit @ self.own_shapes.T).amax(dim=1), shape)
        columns = (text, text - _soft_maximum(vectors @ self.others.T, scale), shape, shape - other)
        return torch.stack(columns, dim=1)

    def _calibrate(self, reference: Reference) -> None:
        """Find what is usual, the threshold, and how steeply doubt grows, on held-out shapes."""
        held, labels = reference.held, reference.held_labels
        known = torch.isin(labels, self.known[self.known >= 0])
        best = (held @ self.head.text.cpu().T).argmax(dim=1)
        found = self.evidence(held, best)
        self.register_buffer("centre", found[known].nanmean(dim=0), persistent=False)
        self.register_buffer("spread", _spread(found), persistent=False)
        self.threshold = 0.0
        fit = self.fit(held, best)
        self.threshold = float(fit[known & (reference.held_plain == 1)].quantile(self.refused))
        self.slope = _slope(fit - self.threshold, known)
        self.temperature = _temperature(reference, self.head.logit_scale)


def known_indices(names: Sequence[str]) -> Int64[Tensor, " classes"]:
    """Return which known class each name means, by its own name or a synonym; -1 where it means none."""
    meant: dict[str, int] = {}
    for index, name in enumerate(ReferenceShapes.classes):
        for said in (*register()[name].synonyms, name):
            meant[matching(said)] = index
    return torch.tensor([meant.get(matching(name), -1) for name in names])


def _soft_maximum(cosines: Float[Tensor, "batch texts"], scale: float) -> Float[Tensor, " batch"]:
    return (scale * cosines).logsumexp(dim=1) / scale


def _alike(
    texts: Float[Tensor, "texts dim"], names: Float[Tensor, "classes dim"]
) -> Bool[Tensor, " texts"]:
    """Say which texts mean what one of the names means: what is common to all texts is taken off first."""
    centre = texts.mean(dim=0)
    return (F.normalize(texts - centre, dim=-1) @ F.normalize(names - centre, dim=-1).T).amax(dim=1) > ALIKE


def _spread(found: Float[Tensor, "held columns"]) -> Float[Tensor, " columns"]:
    """Return the standard deviation of each column; 1 where it never varies."""
    spread = torch.stack([column[~column.isnan()].std(correction=0) for column in found.T])
    return torch.where(spread > 0, spread, 1.0)


def _slope(fit: Float[Tensor, " held"], known: Bool[Tensor, " held"], steps: int = 60) -> float:
    """Return the steepness of the logistic curve through 0 that tells known from not, both counted as equally many."""
    share = torch.where(known, 0.5 / known.sum(), 0.5 / (~known).sum())
    sign = torch.where(known, 1.0, -1.0)
    tried = torch.logspace(-1, 2, steps)
    loss = -(share * F.logsigmoid(tried.unsqueeze(1) * sign * fit)).sum(dim=1)
    return float(tried[loss.argmin()])


def _temperature(reference: Reference, scale: float, steps: int = 200) -> float:
    """Return the temperature under which held-out known shapes are the least surprising among all known names."""
    held = (reference.held_labels >= 0) & (reference.held_plain == 1)
    logits = scale * reference.held[held] @ reference.names.T
    tried = torch.logspace(-1.5, 1.5, steps)
    loss = torch.stack([F.cross_entropy(logits / t, reference.held_labels[held]) for t in tried])
    return float(tried[loss.argmin()])
