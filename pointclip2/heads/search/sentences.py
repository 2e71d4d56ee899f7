"""Choose one sentence a class by greedy replacement; changing a class changes one column of the logits."""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from pointclip2.heads.search.found import FoundSentences, Step
from pointclip2.heads.search.seen import labelled
from pointclip2.types import ConfigError, DataError

BUDGET = 1 << 22
"""The most logits held at once."""


def replace_sentences(
    features: Float[Tensor, "batch dim"],
    labels: Int64[Tensor, " batch"],
    text: Float[Tensor, "classes dim"],
    sentences: Sequence[Float[Tensor, "_ dim"]],
    passes: int = 2,
) -> FoundSentences:
    """Replace a class's vector by a sentence where more shapes then are right: the published search.

    Classes come in order, each with all its sentences; the best of them is taken, the first among equals, and only
    if it is strictly better than what the class had. That is the same as trying one sentence after the other, since
    the rest of the logits does not change in between. The lowest class wins a tie.

    Args:
        features: a shape's view features, summed under its view weights: ``einsum("v,bvd->bd", w, features)``. The
            fused logits are linear in them, so any scale will do. For searches by point or by box, each has a row.
        labels: -1 where unknown; such rows do not count.
        text: vector that each class begins with, say the mean of its sentences, or its first.
        sentences: unit vectors of every class's sentences; an empty one leaves the class as it is.
        passes: how often all classes are gone through; the search ends early when a pass changes nothing.

    Raises:
        DataError: labels out of range or none at all, features or text that are not finite.
        ConfigError: ``passes`` is below 1, or ``sentences`` has another number of classes.
    """
    if passes < 1:
        raise ConfigError(f"passes={passes}: at least 1")
    if len(sentences) != len(text):
        raise ConfigError(f"sentences of {len(sentences)} classes for text features of {len(text)}")
    features, text = features.detach().cpu(), text.detach().cpu()
    known = labels.detach().cpu() >= 0
    scores, labels = labelled((features @ text.T)[None], labels)
    features, logits = features[known], scores[0].clone()
    best = int((logits.argmax(dim=1) == labels).sum())
    chosen = torch.full((len(text),), -1)
    evaluations = 0
    history = [Step(0, best / len(labels), chosen.tolist())]
    for _ in range(passes):
        changed = False
        for name, rows in enumerate(sentences):
            if not len(rows):
                continue
            counts = hits_with_column(features, logits, labels, name, rows.detach().cpu())
            evaluations += len(rows)
            if int(counts.max()) > best:
                best = int(counts.max())
                chosen[name] = int((counts == best).nonzero()[0, 0])
                logits[:, name] = features @ rows[chosen[name]].cpu()
                history.append(Step(evaluations, best / len(labels), chosen.tolist()))
                changed = True
        if not changed:
            break
    return FoundSentences(chosen, best / len(labels), evaluations, history)


def hits_with_column(
    features: Float[Tensor, "batch dim"],
    logits: Float[Tensor, "batch classes"],
    labels: Int64[Tensor, " batch"],
    name: int,
    rows: Float[Tensor, "sentences dim"],
) -> Int64[Tensor, " sentences"]:
    """Count the shapes that are right for each sentence of class ``name``, while the other classes stay.

    A shape of another class is right if that class leads the rest and the sentence does not overtake it; one of this
    class is right if the sentence overtakes all others. Shapes that are wrong either way are skipped.
    """
    if logits.shape[1] == 1:
        return torch.full((len(rows),), len(labels))
    rest = logits.clone()
    rest[:, name] = -torch.inf
    lead, leader = rest.max(dim=1).values, rest.argmax(dim=1)
    own = labels == name
    counts = torch.zeros(len(rows), dtype=torch.int64)
    wins_ties: Bool[Tensor, " batch"] = leader > name
    for mine in (True, False):
        shapes = (own if mine else ~own & (leader == labels)).nonzero()[:, 0]
        for part in shapes.split(max(1, BUDGET // len(rows))):
            column = rows @ features[part].T
            bar, tie = lead[part], wins_ties[part]
            over = torch.where(tie, column >= bar, column > bar)
            counts += (over if mine else ~over).sum(dim=1)
    if not bool(torch.isfinite(rows).all()):
        raise DataError(f"sentences of class {name} have features that are not finite: encode them anew")
    return counts
