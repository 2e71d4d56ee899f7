"""Choose one sentence a part by greedy replacement on its category's mIoU, as published, on labels one may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from pointclip2.heads.search.found import FoundSentences, Step
from pointclip2.heads.search.part_evidence import PointEvidence, mean_iou
from pointclip2.types import ConfigError

BUDGET = 1 << 22
"""The most numbers of a column of candidates held at once."""


def replace_part_sentences(
    evidence: PointEvidence,
    text: Float[Tensor, "parts dim"],
    sentences: Sequence[Float[Tensor, "_ dim"]],
    passes: int = 2,
) -> FoundSentences:
    """Replace a part's vector by a sentence where the category's mean shape IoU then becomes strictly larger.

    Parts come in order, each with all its sentences; the best of them is taken, the first among equals. Changing a part
    touches one column of the logits. The lowest part wins a tie.

    Args:
        text: vector that each part begins with.
        sentences: unit vectors of every part's sentences; an empty one leaves the part as it is.

    Raises:
        ConfigError: ``passes`` is below 1, or ``sentences`` has another number of parts.
    """
    if passes < 1:
        raise ConfigError(f"passes={passes}: at least 1")
    if len(sentences) != len(text):
        raise ConfigError(f"sentences of {len(sentences)} parts for text features of {len(text)}")
    logits = evidence.features @ text.T
    best = float(mean_iou(logits.argmax(dim=-1)[None], evidence.truth, len(text))[0])
    chosen = torch.full((len(text),), -1)
    evaluations, history = 0, [Step(0, best, chosen.tolist())]
    for _ in range(passes):
        changed = False
        for part, rows in enumerate(sentences):
            if not len(rows):
                continue
            scores = _scores(evidence, logits, part, rows)
            evaluations += len(rows)
            if float(scores.max()) > best:
                best = float(scores.max())
                chosen[part] = int((scores == best).nonzero()[0, 0])
                logits[..., part] = evidence.features @ rows[chosen[part]]
                history.append(Step(evaluations, best, chosen.tolist()))
                changed = True
        if not changed:
            break
    return FoundSentences(chosen, best, evaluations, history)


def _scores(
    evidence: PointEvidence, logits: Tensor, part: int, rows: Float[Tensor, "sentences dim"]
) -> Float64[Tensor, " sentences"]:
    """Return the score for each sentence of one part while the others stay."""
    parts = logits.shape[-1]
    rest = logits.clone()
    rest[..., part] = -torch.inf
    lead, leader = rest.max(dim=-1)
    scores = []
    for some in rows.split(max(1, BUDGET // evidence.truth.numel())):
        column = torch.einsum("snd,cd->csn", evidence.features, some)
        wins = (column > lead) | ((column == lead) & (leader > part))
        prediction = torch.where(wins, part, leader.expand_as(wins))
        scores.append(mean_iou(prediction, evidence.truth, parts))
    return torch.cat(scores)


@dataclass
class PartPromptSearch:
    """Chooses one sentence a part out of those that ``prompt`` has; see `replace_part_sentences`.

    Args:
        split: what may be seen, one of `pointclip2.heads.search.splits.CHOICES`; None: the default.
        holdout: share of the train split that ``holdout`` sees.
        seed: seed of what is held out, and of the points.
        passes: how often all parts of a category are gone through.
        points: how many points of every shape are looked at.

    Raises:
        ConfigError: points below 1.
    """

    name: ClassVar[str] = "part_prompts"
    needs_labels: ClassVar[bool] = True

    split: str | None = None
    holdout: float = 0.2
    seed: int = 0
    passes: int = 2
    points: int = 256

    def __post_init__(self) -> None:
        if self.points < 1:
            raise ConfigError(f"search.points={self.points}: at least 1")
