"""Answers on a terminal, and as plain lines where something else reads them."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor

from pointclip2.app.answers.answer import Answer, others
from pointclip2.app.answers.given import Item, files_of
from pointclip2.data.found_files import find_files
from pointclip2.data.scan_frame import UNIT_NAMES, up_of
from pointclip2.data.standing import UP_REMARK, summary_line, up_summary
from pointclip2.show.gallery import per_cent
from pointclip2.writing import typed_path

if TYPE_CHECKING:
    from pointclip2.app.answers.boxes import FoundBoxes
    from pointclip2.app.answers.model import PointCLIP
    from pointclip2.app.answers.parts import Parts

FEW = 20
"""Files whose remarks are printed one by one."""


class Printer:
    """Prints an answer a file as it comes.

    Args:
        as_json: print objects, a line each.
        files: what was asked about.
    """

    def __init__(self, as_json: bool, files: Sequence[Path]) -> None:
        self.as_json = as_json
        self.out = Console(highlight=False, soft_wrap=True)
        self.beside = Console(stderr=True, highlight=False)
        there = [(path, typed_path(path)) for path in files]
        self.folders = {path: find_files(folder, folder) for path, folder in there if folder.is_dir()}
        """What each folder holds, looked at once."""
        self.several = len(files) > 1 or bool(self.folders)
        prefix = "{}/{}" if len(files) > 1 else "{1}"
        names = [prefix.format(path, name) for path, found in self.folders.items() for name in found.clouds]
        names += [str(path) for path in files if path not in self.folders]
        self.total = len(names)
        if not names:
            files_of(typed_path(files[0]))  # says what lies there instead
        self.width = min(max(map(len, names), default=8) if self.total <= FEW else 40, 40)
        self.counts: Counter[str] = Counter()
        self.unread = 0
        self.remarks = 0
        self.ups: dict[str, Tensor] = {}
        self.progress: Progress | None = None
        self.last = ""

    def begin(self, model: "PointCLIP", unasked: bool) -> None:
        """Say what is asked where that was not typed, and show how far it is where it takes long."""
        if unasked:
            self.note(
                f"among the {len(model.names)} names that the built-in model learned; --names takes your own"
            )
        encoder = model.encoder
        if not encoder.trained:
            self.note(encoder.trained_on)
        elif encoder.trained_on and self.out.is_terminal:
            learned = encoder.trained_on.partition(";")[0]
            self.last = f"the model learned from {learned} alone: of real things it is often wrong"
        if self.total > FEW and self.beside.is_terminal:
            columns = (
                TextColumn("reading and looking"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
            )
            self.progress = Progress(*columns, console=self.beside, transient=True)
            self.progress.start()
            self.progress.add_task("", total=self.total)

    def tell(self, found: Answer | Item) -> None:
        """Print one answer, or why there is none."""
        if self.progress is not None:
            self.progress.advance(self.progress.task_ids[0])
        if isinstance(found, Item):
            self.unread += 1
            if self.as_json:
                print(
                    json.dumps({"source": found.source, "error": found.reason}, ensure_ascii=False),
                    flush=True,
                )
            self.note(found.reason)
            return
        self.counts[found.name] += 1
        self.remarks += bool(found.remarks)
        if self.as_json:
            print(json.dumps(found.to_dict(), ensure_ascii=False), flush=True)
            return
        if self.out.is_terminal:
            self._styled(found)
        else:
            print(found.source, found.name, per_cent(found.probability), others(found), sep="\t", flush=True)
        if found.up is not None and found.cloud.ups is not None:
            self.ups[found.source] = found.cloud.ups
        if self.total <= FEW:
            for remark in found.remarks:
                # Of several files a summary says which way up they were taken.
                if not self.several or not remark.startswith(UP_REMARK):
                    self.note(f"  {remark}")

    def _styled(self, answer: Answer) -> None:
        room = self.out.width
        source = _shortened(answer.source, min(self.width, max(room // 2 - 2, 8)))
        said = f"{answer.name} {per_cent(answer.probability)}"
        rest = others(answer)
        width = min(self.width, max(room // 2 - 2, 8))
        line = f"{escape(source):<{width}}  [bold {'yellow' if answer.is_none else 'green'}]{escape(said)}[/]"
        if width + len(said) + len(rest) + 4 <= room:
            line += f"  [dim]{escape(rest)}[/]"
        self.out.print(line)

    def end(self) -> None:
        """Count what there was."""
        if self.progress is not None:
            self.progress.stop()
        if self.several and self.ups and not self.as_json:
            self.note(summary_line(up_summary(self.ups), "--up"))
        for path, held in self.folders.items():
            unread = held.unread_below("")
            if unread:
                self.note(f"not read in {path}: {unread}")
        if self.several and not self.as_json:
            told = ", ".join(f"{count} {name}" for name, count in self.counts.most_common(8))
            more = len(self.counts) - 8
            rest = f" and {more} other names" if more > 0 else ""
            lost = f"; {self.unread} could not be read" if self.unread else ""
            count = self.counts.total()
            self.note(f"{count} file{'' if count == 1 else 's'}: {told or 'no answer'}{rest}{lost}")
        if self.last:
            self.note(self.last)
        if self.total > FEW and self.remarks:
            self.note(f"the readers had remarks on {self.remarks} files: --table lists them")

    def note(self, line: str) -> None:
        """Print what has to be said beside the answers."""
        print(line, file=sys.stderr, flush=True)


def print_parts(parts: "Parts", written: Path, as_json: bool) -> None:
    """Print how many rows every part has, and where all of them were written."""
    if as_json:
        print(json.dumps({**parts.to_dict(), "written": str(written)}, ensure_ascii=False))
    else:
        width = max(map(len, parts.names))
        for name, count in parts.counts.items():
            print(f"{name:<{width}}  {count:>9,}  {per_cent(count / max(len(parts), 1))}")
        lost = len(parts) - sum(parts.counts.values())
        if lost:
            print(f"{'':<{width}}  {lost:>9,}  not finite, no part")
    for remark in parts.remarks:
        print(remark, file=sys.stderr)
    print(
        f"written: {written} ({len(parts):,} rows, in the coordinates and the order of the file)",
        file=sys.stderr,
    )


def print_boxes(found: "FoundBoxes", written: Sequence[Path], as_json: bool) -> None:
    """Print the boxes, best first, and where they were written."""
    if as_json:
        print(json.dumps({**found.to_dict(), "written": [str(path) for path in written]}, ensure_ascii=False))
    else:
        width = max((len(box["class"]) for box in found), default=0)
        digits = {"m": 2, "ft": 2, "in": 1, "cm": 1}.get(found.unit, 0)
        for box in found:
            place = " ".join(f"{value:.{digits}f}" for value in box["centre"])
            size = " x ".join(f"{value:.{digits}f}" for value in box["size"])
            print(f"{box['class']:<{width}}  {box['score']:.2f}  at {place}  size {size} {found.unit}")
    for remark in found.remarks:
        print(remark, file=sys.stderr)
    print(
        f"taken to be in {UNIT_NAMES[found.unit]}, {up_of(found.room.frame)} up (--units, --up)",
        file=sys.stderr,
    )
    files = ", ".join(map(str, written))
    print(
        f"{len(found)} boxes above {found.least:g}; written: {files} (in the scan's own coordinates)",
        file=sys.stderr,
    )


def _shortened(text: str, width: int) -> str:
    """Cut a path in its middle: files differ at their ends."""
    if len(text) <= width:
        return text
    kept = width - 1
    return f"{text[: kept // 3]}\N{HORIZONTAL ELLIPSIS}{text[len(text) - (kept - kept // 3) :]}"
