"""Choose or weigh sentences: the options of ``search`` for prompts, and the one that changes nothing."""

from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from pointclip2.heads.fusion import probabilities, view_logits
from pointclip2.heads.search.information import mutual_information
from pointclip2.heads.search.sentences import replace_sentences
from pointclip2.heads.search.task import Outcome, Seen
from pointclip2.heads.search.weighting import sentence_weights
from pointclip2.text import PromptSet
from pointclip2.types import ConfigError, weakest_selection


class NoSearch:
    """Leaves prompts and view weights as they are."""

    name = "none"


def fused_features(seen: Seen) -> Float[Tensor, "batch dim"]:
    """Average view features under the run's own view weights: fused logits are linear in them."""
    weights = seen.weights(seen.logits()).to(seen.features.dtype)
    total = weights.sum(dim=0)
    if weights.ndim == 1:
        return torch.einsum("v,bvd->bd", weights / total, seen.features)
    return torch.einsum("vb,bvd->bd", weights / total, seen.features)


@dataclass
class PromptSearch:
    """Chooses one sentence a class out of those that ``prompt`` has, by greedy replacement; see `replace_sentences`.

    Args:
        split: what may be seen, one of `pointclip2.heads.search.splits.CHOICES`; None: the default.
        holdout: share of the train split that ``holdout`` sees.
        seed: seed of what is held out.
        passes: how often all classes are gone through.
        start: what a class begins with: ``prompt``, the vector that it has now, or ``first``, the published way: its
            first sentence alone.
    """

    name: ClassVar[str] = "prompts"
    needs_labels: ClassVar[bool] = True

    split: str | None = None
    holdout: float = 0.2
    seed: int = 0
    passes: int = 2
    start: str = "prompt"

    def __post_init__(self) -> None:
        if self.start not in ("prompt", "first"):
            raise ConfigError(f"search.start={self.start}: choose one of prompt, first")

    def run(self, seen: Seen) -> Outcome:
        """Search sentences under the run's own view weights."""
        rows = [own.cpu() for own in seen.sentences()]
        first = self.start == "first"
        text = torch.stack([own[0] for own in rows]) if first else seen.text.cpu()
        found = replace_sentences(fused_features(seen), seen.labels, text, rows, self.passes)
        picks = [0 if first and pick < 0 else pick for pick in found.chosen.tolist()]
        return Outcome(
            "accuracy",
            found.history[0].score,
            found.score,
            found.evaluations,
            [step.describe() for step in found.history],
            prompts=self._chosen(seen, picks),
            text=torch.stack(
                [
                    own[pick] if pick >= 0 else begin
                    for own, pick, begin in zip(rows, picks, text, strict=True)
                ]
            ),
        )

    def _chosen(self, seen: Seen, picks: list[int]) -> PromptSet:
        before, sentences, weights = seen.prompts, {}, {}
        for name, pick in zip(before.classes, picks, strict=True):
            kept = before.counted(name)
            sentences[name] = (before.sentences[name][pick],) if pick >= 0 else kept
            weights[name] = (1.0,) if pick >= 0 else before.shares(name)
        selected_on = weakest_selection(seen.selected_on, before.selected_on)
        return PromptSet(
            f"{before.name}, searched",
            sentences,
            selected_on=selected_on,
            weights=None if before.weights is None else weights,
        )


@dataclass
class SentenceWeights:
    """Weighs each sentence by unlabelled shapes; see `sentence_weights`.

    Args:
        split: what may be seen, one of `pointclip2.heads.search.splits.CHOICES`; None: the default. No label is
            looked at.
        holdout: share of the train split that ``holdout`` sees.
        seed: seed of what is held out.
        temperature: a small one trusts only the best sentences, a large one gives almost the plain mean.
    """

    name: ClassVar[str] = "sentence_weights"
    needs_labels: ClassVar[bool] = False

    split: str | None = None
    holdout: float = 0.2
    seed: int = 0
    temperature: float = 0.5

    def run(self, seen: Seen) -> Outcome:
        """Weigh sentences by the shapes that the run's own prompts and view weights assign to their class."""
        rows = [own.cpu() for own in seen.sentences()]
        begin = self._probability(seen, seen.text.cpu())
        weights = sentence_weights(fused_features(seen), begin, rows, self.temperature)
        text = F.normalize(
            torch.stack([share @ own for share, own in zip(weights, rows, strict=True)]), dim=-1
        )
        before, after = (float(mutual_information(found)) for found in (begin, self._probability(seen, text)))
        prompts = PromptSet(
            f"{seen.prompts.name}, weighted",
            seen.prompts.sentences,
            selected_on=weakest_selection(seen.selected_on, seen.prompts.selected_on),
            weights={
                name: tuple(share.tolist()) for name, share in zip(seen.prompts.classes, weights, strict=True)
            },
        )
        history = [
            {"evaluations": number, "score": score, "values": []}
            for number, score in enumerate((before, after))
        ]
        return Outcome("information", before, after, 1, history, prompts=prompts, text=text)

    def _probability(self, seen: Seen, text: Tensor) -> Float[Tensor, "batch classes"]:
        logits = view_logits(seen.features, text, seen.scale)
        return probabilities(logits, seen.weights(logits))
