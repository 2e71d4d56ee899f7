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
"""Of all files in memory; beyond it the file that was asked about least recently is let go."""


@dataclass(frozen=True)
class Upload:
    """A file that was dropped on a page."""

    path: Path
    """Where the server had put it; the name of its folder is the hash of its content."""
    content: bytes


class Sessions:
    """Holds what belongs to each open page, so that no page sees what another was given.

    Args:
        folder: for results, and for files while they are read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._uploads: OrderedDict[str, Upload] = OrderedDict()
        self._results: dict[str, Path] = {}
        self._lock = Lock()

    def take(self, session: str, path: Path) -> None:
        """Move an uploaded file into memory.

        Raises:
            ConfigError: it is not there any more.
        """
        with self._lock:
            try:
                content = path.read_bytes()
                shutil.rmtree(path.parent)
            except FileNotFoundError:
                # Two pages that are given the same file at once share one upload.
                same = [upload for upload in self._uploads.values() if upload.path == path]
                if not same:
                    raise ConfigError(f"{path.name} did not arrive: drop it again") from None
                content = same[0].content
            self._uploads[session] = Upload(path, content)
            self._uploads.move_to_end(session)
            while len(self._uploads) > 1 and self._bytes() > MOST_BYTES:
                self._uploads.popitem(last=False)

    def _bytes(self) -> int:
        return sum(
            len(content)
            for content in {id(held.content): held.content for held in self._uploads.values()}.values()
        )

    @contextmanager
    def file(self, session: str) -> Iterator[Path]:
        """Put the file of a page on the disk, under its own name, for as long as it is read.

        Raises:
            ConfigError: no file was dropped on this page.
        """
        with self._lock:
            held = self._uploads.get(session)
            if held is None:
                raise ConfigError(
                    "there is no file yet: drop one, or drop it again if the page was left alone for long"
                )
            self._uploads.move_to_end(session)
        with tempfile.TemporaryDirectory(dir=self.folder) as place:
            path = Path(place) / held.path.name
            path.write_bytes(held.content)
            yield path

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
