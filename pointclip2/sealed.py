"""Files that tell when they were damaged: tensors and JSON that carry checksums and know what they belong to.

Every checksum also covers the name of what its file belongs to, such as a cache key, so that a whole file in the place
of another is noticed, too. SHA-256, because processors have instructions for it: measured twice as fast as BLAKE2.
"""

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pointclip2.errors import DataError, UserError, one_line
from pointclip2.reading import SpecialFileError, check_regular
from pointclip2.writing import replacing

if TYPE_CHECKING:
    from torch import Tensor

FIELD = "checksum"
"""Key of the checksum in a JSON file and in the metadata of a file of tensors."""
_START = "sha256:"
_SUM, _HEX = re.compile(_START + "[0-9a-f]{32}"), re.compile("[0-9a-f]{16}$")
_ENDING = b"pointclip2 sha256:"
_CHUNK_BYTES = 2**20


class DamagedError(DataError):
    """A file is not what the program wrote there."""

    def __init__(self, path: Path, reason: object, what: str = "is damaged") -> None:
        super().__init__(f"{path} {what} ({reason})")


class UnsealedError(DamagedError):
    """A file carries no checksum, so that nobody can say whether it is as it was written."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "it carries no checksum", "cannot be verified")


def _digest(*parts: Any) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(part if isinstance(part, memoryview | bytes) else f"{part}\n".encode())
    return found.hexdigest()[:32]


def _of_tensor(name: str, values: Any) -> str:
    """Digest a tensor or an array: its name, kind, shape and every byte."""
    kind, shape = str(values.dtype).removeprefix("torch."), list(values.shape)
    if hasattr(values, "detach"):
        import torch

        values = values.detach().contiguous().flatten().view(torch.uint8).numpy()
    return _digest(name, kind, shape, memoryview(values).cast("B") if 0 not in shape else b"")


def _of_file(belongs: str, told: Mapping[str, str], tensors: Mapping[str, str]) -> str:
    return _digest(json.dumps([belongs, dict(told), dict(tensors)], sort_keys=True))


def tensor_file(tensors: Mapping[str, "Tensor"], told: Mapping[str, str] = {}, belongs: str = "") -> bytes:
    """Return the content of a safetensors file with a checksum for each tensor, and one for all the rest.

    Args:
        tensors: by name.
        told: the file's own metadata.
        belongs: what the file belongs to; only who knows it can read the file.
    """
    from safetensors.torch import save

    sums = {name: _of_tensor(name, tensor) for name, tensor in tensors.items()}
    sums[""] = _of_file(belongs, told, sums)
    content = save(
        {name: tensor.contiguous() for name, tensor in tensors.items()}, {**told, FIELD: json.dumps(sums)}
    )
    return _in_order(content)


def _in_order(content: bytes) -> bytes:
    """Sort the metadata of a safetensors file, which come in another order each time: same content, same bytes."""
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + size])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + content[8 + size :]


class SealedTensors:
    """A file of tensors whose metadata is known to be whole; each tensor is checked as it is read."""

    def __init__(self, path: Path, file: Any, belongs: str) -> None:
        self.path, self._file = path, file
        self.told: dict[str, str] = dict(file.metadata() or {})
        """The file's own metadata."""
        self.names: list[str] = sorted(file.keys())
        self.is_sealed = FIELD in self.told
        """Whether the file carries checksums."""
        if self.is_sealed:
            self._sums: dict[str, str] = json.loads(self.told.pop(FIELD))
            tensors = {name: told for name, told in self._sums.items() if name}
            if self._sums.get("") != _of_file(belongs, self.told, tensors) or sorted(tensors) != self.names:
                raise DamagedError(path, "its header was changed, or it belongs elsewhere")

    def tensor(self, name: str, checked: bool = True) -> Any:
        """Return a tensor.

        Args:
            name: of the tensor.
            checked: False where the file was checked before and has not changed since.

        Raises:
            DamagedError: its values, kind or shape are not those that were written.
        """
        values = self._file.get_tensor(name)
        if checked and self.is_sealed and _of_tensor(name, values) != self._sums[name]:
            raise DamagedError(self.path, f"the values of {name!r} have changed")
        return values

    def tensors(self) -> dict[str, Any]:
        """Return all tensors by name, likewise."""
        return {name: self.tensor(name) for name in self.names}


@contextlib.contextmanager
def open_tensors(path: Path, belongs: str = "", needed: bool = True) -> Iterator[SealedTensors]:
    """Open a file that `tensor_file` made.

    Args:
        path: the file.
        belongs: what it was said to belong to when it was made.
        needed: False for files of users and of earlier versions, which may carry no checksums.

    Raises:
        FileNotFoundError, NotADirectoryError: there is no such file.
        DamagedError: it cannot be read, or is not what was written there; `UnsealedError` where it carries no checksums
            and needs them.
    """
    with reading(path):
        from safetensors import safe_open

        with safe_open(path, framework="pt") as file:
            found = SealedTensors(path, file, belongs)
            if needed and not found.is_sealed:
                raise UnsealedError(path)
            yield found


@contextlib.contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn whatever reading a file of ours raises inside into a `DamagedError`, but for a file that is not there."""
    try:
        check_regular(path)
        yield
    except SpecialFileError as error:  # a pipe would be waited for without end
        raise DamagedError(path, one_line(error), "cannot be read") from error
    except (FileNotFoundError, NotADirectoryError, MemoryError, UserError):
        raise
    except OSError as error:
        raise DamagedError(path, error.strerror or one_line(error), "cannot be read") from error
    except Exception as error:  # safetensors, json and torch raise kinds of their own
        raise DamagedError(path, one_line(error)) from error


def sealed(content: Mapping[str, Any], belongs: str = "") -> dict[str, Any]:
    """Return what a JSON file is to hold, with the checksum of the rest."""
    plain = json.loads(json.dumps({name: value for name, value in content.items() if name != FIELD}))
    return {**plain, FIELD: f"{_START}{_of_json(plain, belongs)}"}


def _of_json(content: Mapping[str, Any], belongs: str) -> str:
    return _digest(belongs, json.dumps(content, sort_keys=True))


def is_sealed(content: object) -> bool:
    """Return whether what a JSON file holds carries a checksum, whatever became of its key."""
    return isinstance(content, dict) and any(_is_sum(*entry) for entry in content.items())


def _is_sum(name: str, value: object) -> bool:
    return isinstance(value, str) and bool(_SUM.fullmatch(value) or (name == FIELD and _HEX.search(value)))


def opened(content: Any, path: Path, belongs: str = "") -> Any:
    """Return what a JSON file holds without its checksum, which must be right where there is one.

    Raises:
        DamagedError: it was changed since it was written.
    """
    if not is_sealed(content):
        return content
    plain = {name: value for name, value in content.items() if name != FIELD}
    if content.get(FIELD) != f"{_START}{_of_json(plain, belongs)}":
        raise DamagedError(
            path, f'it was changed since it was written; if that was meant, take its "{FIELD}" out'
        )
    return plain


def read_json(path: Path, belongs: str = "") -> dict[str, Any]:
    """Return what a JSON file that must carry a checksum holds.

    Raises:
        FileNotFoundError: there is no such file.
        DamagedError: it cannot be read, or was changed; `UnsealedError` where it carries no checksum.
    """
    with reading(path):
        content = json.loads(path.read_text(encoding="utf-8"))
        if not is_sealed(content):
            raise UnsealedError(path)
        found: dict[str, Any] = opened(content, path, belongs)
        return found


@contextlib.contextmanager
def replacing_sealed(path: Path, belongs: str) -> Iterator[Path]:
    """Give a path to write a zip archive to, such as a checkpoint; its comment becomes a checksum of the rest.

    Raises:
        OSError: it cannot be written; what was there is as it was.
    """
    with replacing(path) as temporary:
        yield temporary
        with temporary.open("rb+") as file:
            file.seek(-2, os.SEEK_END)  # an archive ends with the length of its comment
            file.write((len(_ENDING) + 32).to_bytes(2, "little"))
            file.flush()
            told = _of_start(temporary, file.tell(), belongs)
            file.write(_ENDING + told.encode())


def check_archive(path: Path, belongs: str) -> None:
    """Read an archive that `replacing_sealed` gave, and compare it with its checksum.

    Raises:
        DamagedError: it is not what was written there; `UnsealedError` where it carries no checksum.
    """
    with reading(path):
        length = path.stat().st_size - len(_ENDING) - 32
        with path.open("rb") as file:
            file.seek(max(length, 0))
            ending = file.read()
        if not ending.startswith(_ENDING):
            raise UnsealedError(path)
        if ending != _ENDING + _of_start(path, length, belongs).encode():
            raise DamagedError(path, "it has changed since it was written, or is another training's")


def _of_start(path: Path, length: int, belongs: str) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while length > 0 and (content := file.read(min(length, _CHUNK_BYTES))):
            digest.update(content)
            length -= len(content)
    return _digest(belongs, digest.digest())
