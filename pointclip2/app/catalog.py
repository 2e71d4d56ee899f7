"""What there is to choose from: ``pointclip2 catalog [GROUP] [--plugins PACKAGE] [--config-dir FOLDER] [--markdown]``.

Read from the YAML files as they are, so that it answers at once: neither torch nor Hydra is imported.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from pointclip2.app import plugins
from pointclip2.errors import DataError, UserError


@dataclass(frozen=True)
class Option:
    """One file of a group."""

    name: str
    purpose: str
    """Its first comment line."""
    is_default: bool
    """Whether ``evaluate`` takes it unasked, for the task that it takes unasked."""
    source: str = ""
    """The package or the folder that it comes from; empty for our own."""


@cache
def conf_dir() -> Path:
    """The folder of option groups: ``conf/`` beside the package in a checkout, inside it in an installed wheel.

    Raises:
        FileNotFoundError: the installation is broken.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "conf", package.parent / "conf"):
        if (folder / "evaluate.yaml").is_file():
            return folder
    raise FileNotFoundError(
        f"no conf/evaluate.yaml beside {package}: reinstall pointclip2 or run from a checkout"
    )


def catalog(folder: Path, more: Sequence[tuple[str, Path]] = ()) -> dict[str, tuple[Option, ...]]:
    """Give options by group, a nested group (``projector/rig``) after the one it lies in.

    ``more`` are further folders of options, each after the name of what it comes from.

    Raises:
        DataError: an option does not say what it is for.
    """
    defaults = set(_defaults(folder / "evaluate.yaml"))
    groups: dict[str, list[Option]] = {}
    for source, place in [("", folder), *more]:
        for path in place.glob("*/**/*.yaml"):
            group = path.relative_to(place).parent.as_posix()
            option = Option(path.stem, purpose(path), not source and (group, path.stem) in defaults, source)
            groups.setdefault(group, []).append(option)
    return {
        group: tuple(sorted(groups[group], key=lambda option: option.name))
        for group in sorted(groups, key=lambda group: group.split("/"))
    }


def purpose(path: Path) -> str:
    """The first comment line of an option's file.

    Raises:
        DataError: there is none before the first value.
    """
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        text = line.lstrip("# ").strip()
        if text and not text.startswith("@"):  # "# @package _global_" is Hydra's
            return text
    raise DataError(f"{path}: the first line must be a comment that says what the option is for")


def _defaults(path: Path) -> Iterator[tuple[str, str]]:
    """Group and option of everything that ``evaluate.yaml`` and its task take."""
    for group, name in _entries(path):
        yield group, name
        if group == "task":
            yield from _entries(path.parent / group / f"{name}.yaml")


def _entries(path: Path) -> Iterator[tuple[str, str]]:
    for entry in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("defaults", ()):
        if isinstance(entry, Mapping):
            for key, names in entry.items():
                # "/data@_global_.data" of a task is the group data of the whole configuration.
                group = str(key).removeprefix("/").partition("@")[0]
                yield from ((group, name) for name in ([names] if isinstance(names, str) else names or []))


def _told(option: Option) -> str:
    return f"{option.purpose} (from {option.source})" if option.source else option.purpose


def as_text(groups: Mapping[str, Sequence[Option]]) -> str:
    """Aligned columns under a line that shows how the group is chosen."""
    width = max(len(option.name) for options in groups.values() for option in options)
    blocks = []
    for group, options in groups.items():
        lines = [f"{group}="]
        lines += [
            f"{'*' if option.is_default else ' '} {option.name:<{width}}  {_told(option)}"
            for option in options
        ]
        blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, "* taken by evaluate unasked"])


def as_markdown(groups: Mapping[str, Sequence[Option]]) -> str:
    """A table a group; what ``evaluate`` takes unasked is bold."""
    blocks = []
    for group, options in groups.items():
        lines = [f"### `{group}`", "", "| option | purpose |", "|---|---|"]
        for option in options:
            name = f"**`{option.name}`**" if option.is_default else f"`{option.name}`"
            lines.append(f"| {name} | {_told(option).replace('|', chr(92) + '|')} |")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def main(words: Sequence[str] | None = None) -> str:
    """The catalogue that these command line words ask for; an unknown group ends the program with one line."""
    parser = argparse.ArgumentParser(
        prog="pointclip2 catalog", description="List every option and its purpose."
    )
    parser.add_argument(
        "group", nargs="?", help="only this group and those in it, for example projector or projector/rig"
    )
    parser.add_argument("--markdown", action="store_true", help="tables instead of aligned text")
    parser.add_argument(
        "--plugins", action="append", default=[], help="a package of your own, with its options"
    )
    parser.add_argument("--config-dir", type=Path, help="a folder of your own, with options as in conf/")
    asked = parser.parse_args(words)
    try:
        more = plugins.conf_folders(plugins.open_door([f"plugins={name}" for name in asked.plugins]))
        if asked.config_dir is not None:
            more.append((str(asked.config_dir), asked.config_dir))
        groups = catalog(conf_dir(), more)
    except UserError as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None
    if asked.group is not None:
        wanted = asked.group.strip("/=")
        chosen = {name: options for name, options in groups.items() if f"{name}/".startswith(f"{wanted}/")}
        if not chosen:
            print(f"no group {wanted!r}: choose one of {', '.join(groups)}", file=sys.stderr)
            raise SystemExit(2)
        groups = chosen
    return as_markdown(groups) if asked.markdown else as_text(groups)


if __name__ == "__main__":
    print(main())
