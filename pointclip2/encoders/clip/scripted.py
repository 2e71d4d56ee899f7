"""The tensors of a TorchScript archive, as OpenAI published its models: read as data, none of its code runs."""

import math
import pickle
import tempfile
import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from pointclip2.reading import check_unpacked
from pointclip2.types import CloudError, WeightsError

DROPPED = ("input_resolution", "context_length", "vocab_size", "attn_mask")
"""What OpenAI's modules keep beside their weights."""
_DTYPES = {
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "DoubleStorage": torch.float64,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "BoolStorage": torch.bool,
}


def is_scripted(path: Path) -> bool:
    """Return whether a file is a TorchScript archive; other checkpoints of torch hold no code."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(name.endswith("/constants.pkl") for name in archive.namelist())


def scripted_state(path: Path) -> dict[str, Tensor]:
    """Return the tensors of an archive by the names that they have in its module.

    Raises:
        WeightsError: the archive is torn, or holds what no module of OpenAI's does.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            check_unpacked(sum(entry.file_size for entry in archive.infolist()), path.stat().st_size)
            [pickled] = (name for name in archive.namelist() if name.endswith("/data.pkl"))
            with archive.open(pickled) as file:
                module = _Tensors(file, archive, pickled.removesuffix("data.pkl")).load()
        return {name: tensor for name, tensor in _named(module, "") if name.rpartition(".")[2] not in DROPPED}
    except CloudError as error:
        raise WeightsError(f"{path}: {error}") from error
    except (ValueError, KeyError, TypeError, AttributeError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise WeightsError(f"{path}: a torn TorchScript archive ({error})") from error


@contextmanager
def as_tensors(path: Path) -> Iterator[Path]:
    """Give a checkpoint as open_clip reads it without running code: archives are written anew for that."""
    if not is_scripted(path):
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        save_file(scripted_state(path), Path(folder) / "tensors.safetensors")
        yield Path(folder) / "tensors.safetensors"


class _Module:
    """Stands for a module of the archive: its attributes, and none of its methods."""


def _named(module: Any, prefix: str) -> Iterator[tuple[str, Tensor]]:
    for name, value in vars(module).items():
        if isinstance(value, Tensor):
            yield prefix + name, value
        elif isinstance(value, _Module):
            yield from _named(value, f"{prefix}{name}.")


class _Tensors(pickle.Unpickler):
    """Builds tensors and stand-ins of modules; any other class is an error."""

    def __init__(self, file: Any, archive: zipfile.ZipFile, folder: str) -> None:
        super().__init__(file)
        self.archive, self.folder = archive, folder

    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] == "__torch__":
            return _Module
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in _DTYPES:
            return _DTYPES[name]
        if module == "torch.jit._pickle" and name.startswith("build_"):
            return list  # lists of numbers, which are no weights
        raise pickle.UnpicklingError(f"{module}.{name} is no tensor")

    def persistent_load(self, told: Any) -> Tensor:
        _, dtype, key, _, count = told
        content = bytearray(self.archive.read(f"{self.folder}data/{key}"))
        values = torch.frombuffer(content, dtype=dtype) if content else torch.empty(0, dtype=dtype)
        if len(values) < count:
            raise ValueError(f"{count} values promised, {len(values)} there")
        return values


def _tensor(storage: Tensor, offset: int, size: Any, stride: Any, *_: Any) -> Tensor:
    last = offset + sum((length - 1) * step for length, step in zip(size, stride, strict=True))
    if min((offset, *size, *stride)) < 0 or (math.prod(size) and last >= len(storage)):
        raise ValueError("a tensor is larger than its values")
    return storage.as_strided(tuple(size), tuple(stride), offset).clone(memory_format=torch.contiguous_format)
