"""What there is to choose from: ``pointclip2 catalog [GROUP] [--markdown]``.

Read from the YAML files as they are, so that it answers at once: neither torch nor Hydra is imported.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Option:
    """One file of a group."""

    name: str
    purpose: str
    """Its first comment line."""
    is_default: bool
    """Whether ``evaluate.py`` takes it unasked, for the task that it takes unasked."""


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


def catalog(folder: Path) -> dict[str, tuple[Option, ...]]:
    """Options by group, a nested group (``projector/rig``) after the one it lies in.

    Raises:
        ValueError: an option does not say what it is for.
    """
    defaults = set(_defaults(folder / "evaluate.yaml"))
    groups: dict[str, list[Option]] = {}
    for path in sorted(folder.glob("*/**/*.yaml"), key=lambda path: path.relative_to(folder).parts[:-1]):
        group = path.relative_to(folder).parent.as_posix()
        option = Option(path.stem, purpose(path), (group, path.stem) in defaults)
        groups.setdefault(group, []).append(option)
    return {
        group: tuple(sorted(options, key=lambda option: option.name)) for group, options in groups.items()
    }


def purpose(path: Path) -> str:
    """The first comment line of an option's file.

    Raises:
        ValueError: there is none before the first value.
    """
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        text = line.lstrip("# ").strip()
        if text and not text.startswith("@"):  # "# @package _global_" is Hydra's
            return text
    raise ValueError(f"{path}: the first line must be a comment that says what the option is for")


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


def as_text(groups: Mapping[str, Sequence[Option]]) -> str:
    """Aligned columns under a line that shows how the group is chosen."""
    width = max(len(option.name) for options in groups.values() for option in options)
    blocks = []
    for group, options in groups.items():
        lines = [f"{group}="]
        lines += [
            f"{'*' if option.is_default else ' '} {option.name:<{width}}  {option.purpose}"
            for option in options
        ]
        blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, "* taken by evaluate.py unasked"])


def as_markdown(groups: Mapping[str, Sequence[Option]]) -> str:
    """A table a group; what ``evaluate.py`` takes unasked is bold."""
    blocks = []
    for group, options in groups.items():
        lines = [f"### `{group}`", "", "| option | purpose |", "|---|---|"]
        for option in options:
            name = f"**`{option.name}`**" if option.is_default else f"`{option.name}`"
            lines.append(f"| {name} | {option.purpose.replace('|', chr(92) + '|')} |")
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
    asked = parser.parse_args(words)
    groups = catalog(conf_dir())
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
