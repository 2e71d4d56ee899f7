"""The one way in which files of others are opened: regular files only, and what they promise is not believed.

A named pipe never ends, a device has no size, and a few kilobytes can unpack to gigabytes. All of that ends here, with
one sentence. What is larger on purpose is read with ``POINTCLIP2_MAX_POINTS`` raised in the environment.
"""

import os
import re
import stat
from io import BufferedReader
from pathlib import Path

from pointclip2.errors import CloudError

VARIABLE = "POINTCLIP2_MAX_POINTS"
MAX_POINTS = 100_000_000
"""The most points, vertices or corners that one file may hold, unless the environment says otherwise."""
FREE_POINTS = 10_000_000
"""So many may be packed into a file of any size; more have to take a byte each in it."""
FREE_BYTES = 2**29
"""So much may be unpacked from a file of any size; more have to take a twentieth of it there."""
RATIO = 20
MOST_NODES = 100_000
"""So many values the aliases of a YAML file may stand for."""
ALIAS = re.compile(r"(?m)(^|[\s\[{,:-])\*\S")
KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}


class SpecialFileError(CloudError, OSError):
    """A path leads to something that is no regular file."""


class TooLargeError(CloudError):
    """A file holds, or promises, more than is read."""


def check_regular(path: str | os.PathLike[str]) -> os.stat_result:
    """Return what the system says of a file, links followed.

    Raises:
        SpecialFileError: it is a pipe, a socket, a device or a folder.
        OSError: it is not there, or may not be looked at.
    """
    found = os.stat(path)
    _check(found.st_mode)
    return found


def why_unreadable(path: str | os.PathLike[str]) -> str:
    """Say why there is no file to read at a path; empty where there is one."""
    try:
        check_regular(path)
    except SpecialFileError as error:
        return str(error)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # the last of what can be no path
        return "no such file"
    except OSError as error:
        return f"it cannot be looked at ({error.strerror})"
    return ""


def inside(folder: Path, name: str) -> Path | None:
    """Return the path that a file of others names, in a folder or below it; None for one that leads out of it."""
    path = Path(os.path.normpath(name))
    try:
        os.fsencode(name)
    except UnicodeEncodeError:  # half a character, as JSON can hold it, is no part of any name
        return None
    if "://" in name or "\0" in name or path.is_absolute() or ".." in path.parts:
        return None
    return folder / path


def _check(mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = KINDS.get(stat.S_IFMT(mode), "no regular file")
        raise SpecialFileError(f"it is {kind}, and only files are read")


def open_regular(path: str | os.PathLike[str]) -> BufferedReader:
    """Open a regular file to read its bytes.

    It is looked at before and after it is opened: opening a device can do something, and a pipe may take its place.

    Raises:
        SpecialFileError, OSError: as `check_regular`.
    """
    check_regular(path)
    flags = os.O_RDONLY | sum(
        getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY")
    )
    number = os.open(path, flags)
    try:
        _check(os.fstat(number).st_mode)
        return os.fdopen(number, "rb")
    except BaseException:
        os.close(number)
        raise


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Return the content of a regular file.

    Raises:
        SpecialFileError, OSError: as `check_regular`.
    """
    with open_regular(path) as file:
        return file.read()


def read_text(path: str | os.PathLike[str], encoding: str = "utf-8-sig", errors: str = "strict") -> str:
    """Return the text of a regular file, lines ended by ``\\n``; a byte order mark is no part of it.

    Raises:
        SpecialFileError, OSError: as `check_regular`.
        UnicodeDecodeError: it is no such text.
    """
    return read_bytes(path).decode(encoding, errors).replace("\r\n", "\n").replace("\r", "\n")


def max_points() -> int:
    """Return the most points that a file may hold, from the environment if it says so."""
    said = os.environ.get(VARIABLE, "")
    return int(said) if said.isdecimal() and int(said) else MAX_POINTS


def check_points(count: int, size: int | None = None, what: str = "points") -> None:
    """Refuse more points than are read from one file, before anything is made for them.

    Args:
        count: what the file promises.
        size: bytes that they are packed in; None where they lie in the file as they are.
        what: points, vertices, corners.

    Raises:
        TooLargeError: there are too many, or too many for so few bytes.
    """
    most = max_points()
    packed = most if size is None or most > MAX_POINTS else max(FREE_POINTS, size)
    if count > min(most, packed):
        raise TooLargeError(
            f"it tells of {count:,} {what}, more than the {min(most, packed):,} that are read from such a file: if "
            f"that is meant, set {VARIABLE}={max(count, MAX_POINTS + 1)}"
        )
    if count < 0:
        raise CloudError(f"damaged: it tells of {count:,} {what}")


def check_unpacked(unpacked: int, size: int) -> None:
    """Refuse what would unpack to far more than the ``size`` bytes that it is packed in.

    Raises:
        TooLargeError: it is a bomb, or was packed uncommonly well.
    """
    most = max(FREE_BYTES, RATIO * size, 24 * max_points() if max_points() > MAX_POINTS else 0)
    if unpacked > most:
        raise TooLargeError(
            f"its {size:,} bytes unpack to {unpacked:,}, more than the {most:,} that are read: if that is meant, set "
            f"{VARIABLE}={max(unpacked // 3, MAX_POINTS + 1)}"
        )


def check_aliases(text: str, what: str = "it") -> None:
    """Refuse a YAML text whose aliases stand for more than `MOST_NODES` values: a kilobyte can stand for billions.

    Raises:
        TooLargeError: they do; or it is nested so deeply that nobody can read it.
    """
    if not ALIAS.search(text):
        return
    import yaml

    sizes: dict[int, int] = {}

    def size(node: yaml.Node) -> int:
        if id(node) not in sizes:
            sizes[id(node)] = 1  # of a node that holds itself
            held: list[yaml.Node] = []
            if isinstance(node, yaml.MappingNode):
                held = [part for pair in node.value for part in pair]
            elif isinstance(node, yaml.SequenceNode):
                held = node.value
            sizes[id(node)] = 1 + sum(map(size, held))
        return sizes[id(node)]

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        found = 0 if root is None else size(root)
    except yaml.YAMLError:
        return  # Reading it says what is wrong.
    except RecursionError as error:
        raise TooLargeError(f"{what} is nested too deeply to be read") from error
    if found > MOST_NODES:
        raise TooLargeError(
            f"{what} stands for {found:,} values by its aliases: no more than {MOST_NODES:,} are read"
        )
