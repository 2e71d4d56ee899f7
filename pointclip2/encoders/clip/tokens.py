"""The tokenizer of a model, and what of a text is lost on the way through it."""

import os
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from torch import Tensor

from pointclip2.encoders.clip.weights import quiet, reason
from pointclip2.types import WeightsError


@cache
def _known_tokenizer(arch: str, architecture: str) -> Any:
    """The tokenizer of a name or a folder, as long as what is written there is the same."""
    import open_clip

    with quiet():
        return open_clip.get_tokenizer(arch)


def tokenizer_of(arch: str, architecture: str, download: bool) -> Any:
    """Return the model's tokenizer. The byte-pair vocabulary of CLIP is bundled; SigLIP's comes from the hub."""
    try:
        return _known_tokenizer(arch, architecture)
    except Exception as error:
        if isinstance(error, ImportError) or "sentencepiece" in str(error):
            raise WeightsError(
                f"{arch}: its tokenizer needs packages that are not installed: pip install 'pointclip2[siglip]' "
                f"({reason(error)})"
            ) from error
        online = download and not os.environ.get("HF_HUB_OFFLINE")
        hint = "" if online else " or go online and allow backbone.download=true"
        raise WeightsError(
            f"{arch}: its tokenizer is not on this machine; copy the hub's cache of a machine that has it{hint} "
            f"({reason(error)})"
        ) from error


def cut_off(tokenizer: Any, sentences: Sequence[str]) -> list[str]:
    """Return the sentences that have more tokens than the model's context."""
    if not sentences:
        return []
    context = tokenizer.context_length
    longer = 2 * context
    padding = tokenizer([""], context_length=longer)[0, -1]
    behind: Tensor = tokenizer(list(sentences), context_length=longer)[:, context:]
    cut = (behind != padding).any(dim=1).tolist()
    return [sentence for sentence, too_long in zip(sentences, cut, strict=True) if too_long]


def untrained_words(model: Any, tokenizer: Any, names: Sequence[str]) -> list[str]:
    """Return the words of some names of which a token has no vector; each once, in their order.

    A model of which all tokens have one, or whose text tower keeps them elsewhere, gives an empty list.
    """
    table = getattr(getattr(model, "text", model), "token_embedding", None)
    if table is None:
        return []
    empty = (table.weight == 0).all(dim=1).cpu()
    if not empty.any():
        return []
    padding = tokenizer([""])[0, -1]
    words = list(dict.fromkeys(word for name in names for word in re.findall(r"\w+", name)))

    def unread(word: str) -> bool:
        tokens = tokenizer([word])[0]
        return bool(empty[tokens[tokens != padding]].any())

    return [word for word in words if unread(word)]
