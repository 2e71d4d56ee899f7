"""The command line and the lines of Python that do what the page did."""

import csv
import io
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from pointclip2.app.answers.model import PART_POINTS
from pointclip2.app.web.models import Options
from pointclip2.text.name_list import Descriptions


@dataclass(frozen=True)
class Same:
    """Two ways to the same answer, for a file in the folder where one stands."""

    shell: str
    python: str


def classifying(file: str, names: Descriptions, options: Options) -> Same:
    """Ask what a file shows."""
    before, listed = _names("--names", names)
    return Same(
        before + _line("classify", file, *listed, *_words(options), *_points(options, 1)),
        _python(names, options, f"print(model({file!r}).to_dict())"),
    )


def segmenting(file: str, of: str, parts: Sequence[str], out: str, options: Options) -> Same:
    """Ask for the parts of a file; none named stands for those that are described."""
    asked = _names("--parts", dict.fromkeys(parts, ()))[1] if parts else []
    named = f", {list(parts)!r}" if parts else ""
    return Same(
        _line(
            "segment",
            file,
            *_option("--of", of),
            *asked,
            "--out",
            out,
            *_words(options),
            *_points(options, PART_POINTS),
        ),
        _python({of: ()}, options, f"model.segment({file!r}, {of!r}{named}).save({out!r})"),
    )


def detecting(file: str, names: Descriptions, out: str, options: Options) -> Same:
    """Ask what stands in a scan of a room."""
    before, listed = _names("--names", names)
    return Same(
        before + _line("detect", file, *listed, "--out", out, *_words(options)),
        _python(names, options, f"model.detect({file!r}).save({out!r})"),
    )


def _python(names: Descriptions, options: Options, question: str) -> str:
    """Write the lines; options that are the defaults are left out."""
    told = {name: list(texts) for name, texts in names.items()} if any(names.values()) else list(names)
    default = Options()
    chosen = [
        f", {name}={value!r}" for name, value in vars(options).items() if value != getattr(default, name)
    ]
    return f"from pointclip2 import PointCLIP\nmodel = PointCLIP({told!r}{''.join(chosen)})\n{question}"


def _words(options: Options) -> list[str]:
    backbone = [] if options.backbone == Options.backbone else _option("--backbone", options.backbone)
    return backbone + ([] if options.up == Options.up else _option("--up", options.up))


def _points(options: Options, least: int) -> list[str]:
    """Leave the option out where the command draws as many points by itself."""
    if options.points == Options.points or options.points <= least:
        return []
    return _option("--points", str(options.points))


def _names(option: str, names: Descriptions) -> tuple[str, list[str]]:
    """Return what writes the list of names, where they have descriptions, and the option that gives them."""
    if not any(names.values()):
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(names)
        return "", _option(option, line.getvalue())
    lines = []
    for name, texts in names.items():
        quoted = f'"{name}"' if ":" in name or name.startswith(("#", '"')) else name
        lines += [f"{quoted}: {text}" for text in texts] or [quoted]
    written = " ".join(map(shlex.quote, lines))
    return f"printf '%s\\n' {written} > names.txt\n", [option, "names.txt"]


def _option(option: str, value: str) -> list[str]:
    return [f"{option}={value}"] if value.startswith("-") else [option, value]


def _line(command: str, file: str, *words: str) -> str:
    there = f"./{file}" if file.startswith("-") else file
    return shlex.join(["pointclip2", command, there, *words])
