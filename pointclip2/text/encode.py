"""Encode sentences into unit vectors, and average them into one vector a class."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from pointclip2.text.prompt_set import PromptSet
from pointclip2.types import ConfigError, WeightsError


@runtime_checkable
class TextEncoder(Protocol):
    """Turns sentences into unit rows; every backbone fits this protocol."""

    def encode_text(self, texts: list[str]) -> Float[Tensor, "sentences dim"]: ...


def encode_prompts(
    backbone: TextEncoder, prompts: PromptSet, batch: int = 256
) -> Float[Tensor, "classes dim"]:
    """Encode every class into one unit row, float32, in the order of the labels, on the backbone's device.

    ``mean`` is the (weighted) mean of a class's unit sentence vectors, scaled to length one again. A sentence that
    a class lists twice counts twice, but is encoded once. This runs under ``no_grad`` and not ``inference_mode``,
    because few-shot training multiplies these rows with features that need gradients.

    Raises:
        ConfigError: ``batch`` below 1.
        WeightsError: the backbone gives rows that are not finite.
    """
    wanted = [prompts.counted(name) for name in prompts.classes]
    encoded = encode_sentences(backbone, [text for texts in wanted for text in texts], batch)
    with torch.no_grad():
        rows = encoded.split([len(texts) for texts in wanted])
        means = [_mean(own, prompts, name) for own, name in zip(rows, prompts.classes, strict=True)]
        return F.normalize(torch.stack(means), dim=-1)


def _mean(rows: Float[Tensor, "sentences dim"], prompts: PromptSet, name: str) -> Float[Tensor, " dim"]:
    if prompts.weights is None:
        return rows.mean(dim=0)
    shares = torch.tensor(prompts.shares(name), dtype=rows.dtype, device=rows.device)
    return shares @ rows / shares.sum()


def encode_sentences(
    backbone: TextEncoder, sentences: Sequence[str], batch: int = 256
) -> Float[Tensor, "sentences dim"]:
    """Encode sentences into unit rows, in their order and as `encode_prompts` does; each is encoded once.

    Raises:
        ConfigError, WeightsError: as `encode_prompts`.
    """
    if batch < 1:
        raise ConfigError(f"the number of sentences encoded at once is {batch}: it must be 1 or more")
    rows = {text: row for row, text in enumerate(dict.fromkeys(sentences))}
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
        return encoded[[rows[text] for text in sentences]]
