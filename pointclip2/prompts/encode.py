"""From sentences to one unit vector a class."""

from typing import Protocol, runtime_checkable

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from pointclip2.prompts.prompt_set import PromptSet
from pointclip2.types import ConfigError, WeightsError


@runtime_checkable
class TextEncoder(Protocol):
    """Anything that turns sentences into unit rows; every backbone does."""

    def encode_text(self, texts: list[str]) -> Float[Tensor, "sentences dim"]: ...


def encode_prompts(
    backbone: TextEncoder, prompts: PromptSet, batch: int = 256
) -> Float[Tensor, "classes dim"]:
    """Unit rows in the order of the labels, float32, on the backbone's device.

    ``mean`` is the mean of a class's unit sentence vectors, made a unit vector again; a sentence that a class
    has twice counts twice, and no sentence is encoded twice. Under ``no_grad`` and not ``inference_mode``:
    few-shot training multiplies these rows with features that need gradients.

    Raises:
        ConfigError: ``batch`` below 1.
        WeightsError: the backbone gives rows that are not finite.
    """
    if batch < 1:
        raise ConfigError(f"the number of sentences encoded at once is {batch}: it must be 1 or more")
    last = 1 if prompts.combine == "first" else None
    wanted = [texts[:last] for texts in prompts.sentences.values()]
    rows = {text: row for row, text in enumerate(dict.fromkeys(text for texts in wanted for text in texts))}
    unique = list(rows)
    with torch.no_grad():
        chunks = [
            backbone.encode_text(unique[start : start + batch]) for start in range(0, len(unique), batch)
        ]
        encoded = F.normalize(torch.cat([chunk.float() for chunk in chunks]), dim=-1)
        if not bool(torch.isfinite(encoded).all()):
            raise WeightsError(
                "the text encoder gives values that are not finite: use backbone.precision=fp32, "
                "or check its weights"
            )
        means = [encoded[[rows[text] for text in texts]].mean(dim=0) for texts in wanted]
        return F.normalize(torch.stack(means), dim=-1)
