"""Vectors of text on disk: a thousand sentences a class are encoded once for each encoder."""

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from textwrap import shorten
from typing import Any

from jaxtyping import Float
from torch import Tensor

from pointclip2.cache.keys import text_key
from pointclip2.cache.store import done_without
from pointclip2.encoders.description import described
from pointclip2.encoders.encoder import ReadingEncoder, SentenceEncoder
from pointclip2.sealed import DamagedError, open_tensors, read_json, sealed, tensor_file
from pointclip2.text import PromptSet, encode_prompts, encode_sentences
from pointclip2.writing import write_bytes

log = logging.getLogger(__name__)


def class_vectors(
    encoder: SentenceEncoder, prompts: PromptSet, root: Path | None, device: Any = None
) -> Float[Tensor, "classes dim"]:
    """Return a unit vector for every class, from the cache or encoded now.

    Args:
        encoder: of the sentences.
        prompts: what the classes are called.
        root: folder of the cache; None keeps nothing.
        device: where the encoder works, if anything has to be encoded: thousands of sentences through a large model.
            None leaves it where it is.
    """

    def encode() -> Tensor:
        if device is not None:
            encoder.to(device)
        return encode_prompts(encoder, prompts)

    return _cached(root, text_key(described(encoder), prompts.hash), encode)


def sentence_vectors(
    encoder: SentenceEncoder, prompts: PromptSet, root: Path | None, device: Any = None
) -> list[Float[Tensor, "sentences dim"]]:
    """Return the unit vectors of every sentence of every class; see `class_vectors`."""
    texts = [text for own in prompts.sentences.values() for text in own]

    def encode() -> Tensor:
        if device is not None:
            encoder.to(device)
        return encode_sentences(encoder, texts)

    said = hashlib.sha256(json.dumps(texts).encode()).hexdigest()
    rows = _cached(root, text_key(described(encoder), said), encode)
    return list(rows.split([len(own) for own in prompts.sentences.values()]))


def unread(text: SentenceEncoder, prompts: PromptSet, root: Path | None = None) -> list[str]:
    """Say what an encoder will not read: the ends of long sentences, and names that it was not trained on.

    Counting the words of thousands of sentences takes as long as all the rest of a job on cached features, so that what
    was found is kept in the cache ``root``, too.
    """
    if not isinstance(text, ReadingEncoder):
        return []
    key = json.dumps(text_key(described(text), prompts.hash), sort_keys=True)
    path = None if root is None else root / f"unread-{hashlib.sha256(key.encode()).hexdigest()[:20]}.json"
    if path is not None:
        try:
            return [str(line) for line in read_json(path, key)["lines"]]
        except (FileNotFoundError, NotADirectoryError):
            pass
        except DamagedError as error:
            _tell(path, error)
    lines = list(_unread(text, prompts))
    if path is not None:
        _keep(path, json.dumps(sealed({"lines": lines}, key)).encode())
    return lines


def _tell(path: Path, error: DamagedError) -> None:
    """Log what is damaged; where the whole folder cannot be used `_keep` says so."""
    if os.access(path.parent, os.W_OK | os.X_OK):
        log.warning("%s: it is made anew", error)


def _keep(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, content)
    except OSError as error:  # costs the cache only
        done_without(path.parent, error)


def _unread(text: ReadingEncoder, prompts: PromptSet) -> Iterator[str]:
    sentences = list(dict.fromkeys(sentence for own in prompts.sentences.values() for sentence in own))
    cut = text.cut_sentences(sentences)
    if cut:
        does, their = ("does", "its end is") if len(cut) == 1 else ("do", "their ends are")
        yield (
            f"{len(cut)} sentence{'s' if len(cut) > 1 else ''} of {len(sentences)} {does} not fit the model's "
            f'{text.context_length} tokens, {their} not read: "{shorten(cut[0], 60, placeholder=" ...")}"'
        )
    words = text.unread_words(prompts.classes)
    if words:
        told = ", ".join(words[:20]) + (f" and {len(words) - 20} more" if len(words) > 20 else "")
        yield f"never read: {told} (the model was not trained on these words)"


def _cached(root: Path | None, key: Mapping[str, Any], encode: Callable[[], Tensor]) -> Tensor:
    if root is None:
        return encode().cpu()
    text = json.dumps(key, sort_keys=True)
    path = Path(root) / f"text-{hashlib.sha256(text.encode()).hexdigest()[:20]}.safetensors"
    try:
        with open_tensors(path, text) as file:
            rows: Tensor = file.tensor("text")
            return rows
    except (FileNotFoundError, NotADirectoryError):
        pass
    except DamagedError as error:
        _tell(path, error)
    rows = encode().cpu()
    _keep(path, tensor_file({"text": rows}, {"key": text}, text))
    return rows
