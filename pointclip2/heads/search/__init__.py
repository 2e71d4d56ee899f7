"""Search for view weights and prompts, on per-view logits that were computed once.

What a search may look at is decided in `splits`; the searches themselves are plain functions of tensors:

>>> import torch
>>> logits = torch.tensor([[[1.0, 0.0]], [[0.0, 1.5]]])  # two views, one shape, two classes
>>> found = search_view_weights(logits, torch.tensor([0]), levels=[0.5, 1.0])
>>> found.values.tolist(), found.score, found.evaluations
([1.0, 0.5], 1.0, 4)
"""

from pointclip2.heads.search.coordinate import climb_view_weights
from pointclip2.heads.search.found import FoundSentences, FoundWeights, Step
from pointclip2.heads.search.grid import search_view_weights
from pointclip2.heads.search.information import informative_view_weights
from pointclip2.heads.search.sentences import replace_sentences

__all__ = [
    "search_view_weights",
    "climb_view_weights",
    "informative_view_weights",
    "replace_sentences",
    "FoundWeights",
    "FoundSentences",
    "Step",
]
