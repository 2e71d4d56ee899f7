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
"""Two texts mean the same from this cosine on, measured from the mean of all texts."""
STAND_INS = 8
"""Lists of known names that stand in where the procedural world can make none of the names."""


@dataclass(frozen=True)
class Judgement:
    """What is said of a batch of clouds."""

    probability: Float[Tensor, "batch classes"]
    """Of every name, calibrated, if it is one of them: a row sums to 1."""
    none: Float[Tensor, " batch"]
    """That it is none of the names, where as many clouds are as are not; one half at the threshold."""
    fit: Float[Tensor, " batch"]
    """How well the best name fits; 0 is the threshold."""
    is_none: Bool[Tensor, " batch"]
    """Whether the best name fits too badly."""


class Evidence(nn.Module):
    """Tells all that speaks for the best of some names, a column each.

    - its text is near;
    - it is nearer than bare solids, everyday things and those known classes that are not among the names;
    - the cloud looks like a procedural shape of one of the names;
    - it looks more like it than like any other.

    Where the procedural world cannot make a thing of the best name, the last two are NaN.

    Args:
        text: a unit row for every name.
        known: the known class that each name means, -1 for none.
        reference: what the encoder says about procedural shapes and other texts.
        scale: factor of the cosines.
    """

    text: Tensor
    makeable: Tensor
    things: Tensor
    own: Tensor
    other: Tensor

    def __init__(
        self,
        text: Float[Tensor, "classes dim"],
        known: Int64[Tensor, " classes"],
        reference: Reference,
        scale: float,
    ) -> None:
        super().__init__()
        self.scale = scale
        text = text.float().cpu()
        things = torch.cat([reference.things, reference.names])
        bank = F.normalize(reference.bank, dim=-1)
        mine = torch.isin(reference.bank_labels, known[known >= 0])
        for name, rows in {
            "text": text,
            "makeable": known >= 0,
            "things": things[~_alike(things, text)],
            "own": bank[mine],
            "other": bank[~mine],
        }.items():
            self.register_buffer(name, rows, persistent=False)

    def forward(
        self, vectors: Float[Tensor, "batch dim"], best: Int64[Tensor, " batch"]
    ) -> Float[Tensor, "batch columns"]:
        """Return the columns for clouds, by the mean vectors of their views and the index of their best names."""
        near = self._soft_maximum(vectors, self.text)
        unit = F.normalize(vectors, dim=-1)
        alike = torch.full_like(near, torch.nan)
        if len(self.own):
            alike = torch.where(self.makeable[best], (unit @ self.own.T).amax(dim=1), alike)
        columns = (
            near,
            near - self._soft_maximum(vectors, self.things),
            alike,
            alike - (unit @ self.other.T).amax(dim=1),
        )
        return torch.stack(columns, dim=1)

    def _soft_maximum(
        self, vectors: Float[Tensor, "batch dim"], texts: Float[Tensor, "texts dim"]
    ) -> Float[Tensor, " batch"]:
        return (self.scale * vectors @ texts.T).logsumexp(dim=1) / self.scale


class Rejection(nn.Module):
    """Says how well the best of some names fits, and when none does.

    The fit is the mean of all `Evidence`, each column standardised on held-out procedural shapes. The threshold is
    where ``refused`` of the clean held-out shapes of the names would be called none of them. It costs next to nothing:
    a cloud is compared by the mean of its views' vectors.

    Args:
        head: the texts of the names and the view weights.
        names: of the head's classes, in its order.
        reference: what the encoder says about procedural shapes.
        refused: the share of held-out known shapes that may be called none of these.

    Raises:
        ConfigError: ``refused`` is not between 0 and 1, or there are not as many names as classes.
    """

    centre: Tensor
    spread: Tensor
    sharpness: Tensor
    selected_on = "holdout"
    """What chose the threshold and the temperature: held-out shapes that the program makes."""

    def __init__(
        self, head: ZeroShotHead, names: Sequence[str], reference: Reference, refused: float = 0.05
    ) -> None:
        super().__init__()
        if not 0 < refused < 1:
            raise ConfigError(f"refused={refused}: give a share between 0 and 1, such as 0.05")
        if len(names) != len(head.text):
            raise ConfigError(f"{len(names)} names for {len(head.text)} class vectors")
        self.head = head
        self.refused = refused
        known = known_indices(names)
        self.evidence = Evidence(head.text, known, reference, head.logit_scale)
        held = Held.of(self.evidence, known, reference)
        if not bool(held.known.any()):
            held = Held.stand_ins(reference, len(names), head.logit_scale)
        self.register_buffer("centre", held.columns[held.known].nanmean(dim=0).nan_to_num(), persistent=False)
        self.register_buffer("spread", _spread(held.columns), persistent=False)
        fit = self._mean(held.columns)
        self.threshold = float(fit[held.known & held.plain].quantile(refused))
        self.slope = _slope(fit - self.threshold, held.known)
        self.register_buffer("sharpness", _sharpness(reference, head.logit_scale), persistent=False)

    def judge(self, features: Float[Tensor, "batch views dim"]) -> Judgement:
        """Return what is said of clouds by the vectors of their views."""
        self.to(features.device)
        named = self.head(features)
        fit = self.fit(features.float().mean(dim=1), named.argmax(dim=1))
        probability = _sharpened(named.clamp(min=1e-30).log(), fit, self.sharpness).softmax(dim=1)
        return Judgement(probability, torch.sigmoid(-self.slope * fit), fit, fit < 0)

    def fit(
        self, vectors: Float[Tensor, "batch dim"], best: Int64[Tensor, " batch"]
    ) -> Float[Tensor, " batch"]:
        """Return how well the best names fit clouds, by the means of their views' vectors."""
        return self._mean(self.evidence(vectors, best)) - self.threshold

    def _mean(self, columns: Float[Tensor, "batch columns"]) -> Float[Tensor, " batch"]:
        return ((columns - self.centre) / self.spread).nanmean(dim=1)


@dataclass(frozen=True)
class Held:
    """Evidence about held-out shapes, and which of them are of the names."""

    columns: Float[Tensor, "held columns"]
    known: Bool[Tensor, " held"]
    plain: Bool[Tensor, " held"]

    @classmethod
    def of(cls, evidence: Evidence, known: Int64[Tensor, " classes"], reference: Reference) -> "Held":
        """Return what is said of all held-out shapes."""
        best = (reference.held @ evidence.text.T).argmax(dim=1)
        mine = torch.isin(reference.held_labels, known[known >= 0])
        return cls(evidence(reference.held, best), mine, reference.held_plain)

    @classmethod
    def stand_ins(cls, reference: Reference, count: int, scale: float) -> "Held":
        """Return what texts alone say for lists of about as many known names, in the place of names nobody can make."""
        generator = torch.Generator().manual_seed(0)
        found = []
        for _ in range(STAND_INS):
            total = len(reference.names)
            chosen = torch.randperm(total, generator=generator)[: min(count, total // 2)]
            nobody = torch.full_like(chosen, -1)
            evidence = Evidence(reference.names[chosen], nobody, reference, scale)
            one = cls.of(evidence, nobody, reference)
            found.append(cls(one.columns, torch.isin(reference.held_labels, chosen), one.plain))
        return cls(
            *(torch.cat([getattr(one, name) for one in found]) for name in ("columns", "known", "plain"))
        )


def known_indices(names: Sequence[str]) -> Int64[Tensor, " classes"]:
    """Return which class of `ReferenceShapes` each name means, by its own name or a synonym; -1 for none."""
    meant: dict[str, int] = {}
    for index, name in enumerate(ReferenceShapes.classes):
        meant |= {matching(said): index for said in register()[name].synonyms}
    meant |= {matching(name): index for index, name in enumerate(ReferenceShapes.classes)}
    return torch.tensor([meant.get(matching(name), -1) for name in names])


def _alike(texts: Float[Tensor, "texts dim"], names: Float[Tensor, "classes dim"]) -> Bool[Tensor, " texts"]:
    """Say which texts mean what one of the names means: what is common to all texts is taken off first."""
    centre = texts.mean(dim=0)
    cosines = F.normalize(texts - centre, dim=-1) @ F.normalize(names - centre, dim=-1).T
    return cosines.amax(dim=1) > ALIKE


def _spread(columns: Float[Tensor, "held columns"]) -> Float[Tensor, " columns"]:
    """Return the standard deviation of each column; 1 where it never varies."""
    spread = torch.stack([(column - column.nanmean()).square().nanmean().sqrt() for column in columns.T])
    return torch.where(spread > 0, spread, 1.0)  # NaN is not above 0 either


def _slope(fit: Float[Tensor, " held"], known: Bool[Tensor, " held"], steps: int = 60) -> float:
    """Return the steepness of the logistic curve through 0 that tells known from not, both counted as equally many."""
    share = torch.where(known, 0.5 / known.sum(), 0.5 / (~known).sum())
    tried = torch.logspace(-1, 1.5, steps)
    loss = -(share * F.logsigmoid(tried.unsqueeze(1) * torch.where(known, fit, -fit))).sum(dim=1)
    return float(tried[loss.argmin()])


def _sharpened(
    logits: Float[Tensor, "batch classes"], fit: Float[Tensor, " batch"], sharpness: Float[Tensor, " 2"]
) -> Float[Tensor, "batch classes"]:
    """Return logits with a temperature that falls as the fit rises: what fits badly is named less surely."""
    base, rise = sharpness
    return logits * F.softplus(base + rise * fit).unsqueeze(1)


def _sharpness(reference: Reference, scale: float, steps: int = 40) -> Float[Tensor, " 2"]:
    """Return the base and the rise under which held-out known shapes, clean and worn, are the least surprising.

    All known names are to choose from, whichever the user's are: among a few there is too little to learn from.
    """
    every = torch.arange(len(reference.names))
    held = Held.of(Evidence(reference.names, every, reference, scale), every, reference)
    mine = held.known
    fit = ((held.columns - held.columns[mine].nanmean(dim=0)) / _spread(held.columns)).nanmean(dim=1)
    fit = fit[mine] - fit[mine & held.plain].quantile(0.05)
    logits, labels = scale * reference.held[mine] @ reference.names.T, reference.held_labels[mine]
    with torch.enable_grad():
        found = torch.tensor([0.5, 0.5], requires_grad=True)
        search = torch.optim.LBFGS([found], max_iter=steps, line_search_fn="strong_wolfe")

        def surprise() -> Tensor:
            search.zero_grad()
            # Squared, for what fits well is never to be named less surely than what fits badly.
            loss = F.cross_entropy(_sharpened(logits, fit, torch.stack((found[0], found[1] ** 2))), labels)
            loss.backward()
            return loss

        search.step(surprise)
    return torch.stack((found[0], found[1] ** 2)).detach()
