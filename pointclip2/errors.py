"""The errors that users see; `pointclip2.types` has them too. Apart from it, so that light programs need no torch."""

import errno
from collections.abc import Iterator

_OF_THE_FILE = {
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EACCES,
    errno.EPERM,
    errno.ELOOP,
    errno.ENAMETOOLONG,
    errno.EINVAL,
}
"""What the operating system says of a path whenever it is asked; anything else may be gone the next time."""


_OUT_OF_MEMORY = ("out of memory", "DefaultCPUAllocator", "can't start new thread")
"""What torch and Python say in errors that are no `MemoryError`."""
PASSING = "(just now: another run may have it)"
"""Behind the reason of a sample that could not be had, where the moment is to blame."""


class UserError(Exception):
    """Something a user can put right. The message is one line: what was wrong, where, what to do."""


class ConfigError(UserError):
    """An option has a value that cannot work."""


class DataError(UserError):
    """A data set as a whole cannot be used: missing, truncated, wrong label table."""


class CloudError(UserError):
    """One sample cannot be used. Evaluation skips it, counts it, names it and carries on."""


class TransientError(CloudError):
    """One sample could not be had just now: too many open files, a full memory, a lost disk. Another run may have it,
    so nothing may remember that it failed."""


class WeightsError(UserError):
    """Model weights are missing, damaged or of another model."""


class ProcessError(UserError):
    """Another process of the same run is gone."""


class TrainingError(UserError):
    """A training cannot go on: its loss or its weights are not finite."""


def is_transient(error: BaseException | None) -> bool:
    """Tell whether a failure, or what it came from, was the moment's and not the file's.

    Formats that are damaged raise `OSError` too, but without a number of the operating system.
    """
    for one in origins(error):
        if isinstance(one, MemoryError | TransientError):
            return True
        if isinstance(one, RuntimeError) and any(sign in str(one) for sign in _OUT_OF_MEMORY):
            return True
        if isinstance(one, OSError) and one.errno is not None and one.errno not in _OF_THE_FILE:
            return True
    return False


def origins(error: BaseException | None) -> Iterator[BaseException]:
    """Give an error and what it came from, each once: one that was raised again may lead back to itself."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


_OF_A_PROGRAM = {errno.ENOENT, errno.EINVAL, errno.EBADF}
"""What the operating system also says where the program itself is wrong."""


def refused_by_system(error: BaseException) -> str | None:
    """Say in one line what the operating system would not do, such as write to a full disk; None for other errors."""
    if not isinstance(error, OSError) or error.errno is None:
        return None
    # What tempfile says where it could write to no folder at all.
    nowhere = error.errno == errno.ENOENT and "temporary directory" in str(error.strerror)
    if error.errno in _OF_A_PROGRAM and not nowhere:
        return None
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}: make room, or give a place that can be read and written"


def one_line(error: BaseException) -> str:
    """What an error says, without its line breaks."""
    return " ".join(str(error).split()) or "no reason given"
