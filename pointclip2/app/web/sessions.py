"""What open pages hold: the file that was dropped, in memory, and what can be downloaded, until the page is closed."""

import secrets
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from pointclip2.errors import ConfigError

MOST_BYTES = 600_000_000
"""All files in memory may be so large; beyond it the one that was asked about least recently is let go."""


@dataclass(frozen=True)
class Upload:
    """A file that was dropped on a page."""

    path: Path
    """Where the server had put it."""
    content: bytes


class Sessions:
    """Holds what belongs to each open page, so that no page sees what another was given.

    Args:
        folder: for results, and for files while they are read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.uploads = folder.resolve() / "uploads"
        """Where the server has to put each file, in a folder that is called after its content."""
        self._uploads: OrderedDict[str, Upload] = OrderedDict()
        self._results: dict[str, Path] = {}
        self._lock = Lock()

    def take(self, session: str, path: Path) -> Upload:
        """Move an uploaded file into memory, if it is not there yet.

        Raises:
            ConfigError: it was let go, or never uploaded.
        """
        # A page may be told any path by whoever wrote it.
        if path.resolve().parent.parent != self.uploads:
            raise ConfigError(f"{path.name} was not uploaded: drop it on the page")
        with self._lock:
            try:
                taken = Upload(path, path.read_bytes())
                shutil.rmtree(path.parent)
            except FileNotFoundError:
                # Taken before; or two pages that were given the same file at once share it.
                same = [upload for upload in self._uploads.values() if upload.path == path]
                if not same:
                    raise ConfigError(f"{path.name} was let go to make room: drop it again") from None
                taken = same[0]
            self._uploads[session] = taken
            self._uploads.move_to_end(session)
            while len(self._uploads) > 1 and self._bytes() > MOST_BYTES:
                self._uploads.popitem(last=False)
            return taken

    def _bytes(self) -> int:
        different = {id(upload): upload for upload in self._uploads.values()}
        return sum(len(upload.content) for upload in different.values())

    @contextmanager
    def file(self, session: str, path: Path | None) -> Iterator[Path]:
        """Put the file of a page on the disk, under its own name, for as long as it is read.

        Raises:
            ConfigError: no file was dropped on this page, or it was let go.
        """
        if path is None:
            raise ConfigError("there is no file yet: drop one on the page")
        held = self.take(session, path)
        with tempfile.TemporaryDirectory(dir=self.folder) as place:
            copy = Path(place) / path.name
            copy.write_bytes(held.content)
            yield copy

    def result(self, session: str, name: str) -> Path:
        """Return where a page's next result is to be written; its last one is removed."""
        with self._lock:
            self._drop_result(session)
            # Whoever does not know the token cannot ask for the file.
            path = self.folder / secrets.token_urlsafe(16) / name
            path.parent.mkdir()
            self._results[session] = path
            return path

    def written(self, token: str) -> Path | None:
        """Return the result of a page that still shows it."""
        with self._lock:
            return next((path for path in self._results.values() if path.parent.name == token), None)

    def forget(self, session: str) -> None:
        """Remove all that belongs to a page."""
        with self._lock:
            self._uploads.pop(session, None)
            self._drop_result(session)

    def _drop_result(self, session: str) -> None:
        old = self._results.pop(session, None)
        if old is not None:
            shutil.rmtree(old.parent, ignore_errors=True)
