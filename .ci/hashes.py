"""Hashes of every package in constraints.txt: noted there behind each version, and demanded by ``make locked``.

pip takes no hashes in a constraints file beside a project that is installed from its folder, so that they stand in
comments there. ``python .ci/hashes.py note`` asks the registry that pip is configured for and writes them anew, for the
platforms below; ``python .ci/hashes.py requirements`` prints what ``pip install --require-hashes --no-deps`` reads.
Nothing but the standard library and pip is needed.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

CONSTRAINTS = Path(__file__).resolve().parent.parent / "constraints.txt"
LINE = re.compile(r"(?P<name>[\w.-]+)==(?P<version>[^\s;#]+)(?P<marker>\s*;[^#]*)?(?P<comment>\s*#.*)?")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = (
    *(f"manylinux_2_{minor}_x86_64" for minor in range(17, 40)),
    "manylinux2014_x86_64",
    "linux_x86_64",
)
"""Linux on x86-64, where `make test` runs; elsewhere `make demo` and `make test` install without hashes."""


def pinned(text: str) -> list[re.Match[str]]:
    """Give the lines of constraints that name a package."""
    return [match for match in map(LINE.fullmatch, text.splitlines()) if match is not None]


def asked(names: list[str], python: str | None = None) -> dict[str, str]:
    """Ask the registry which files pip would install of ``name==version`` each: sha256 by name.

    Without ``python`` for this interpreter, source archives included; with it for another, wheels only.
    """
    with tempfile.TemporaryDirectory() as folder:
        foreign = []
        if python is not None:
            foreign = ["--target", folder, "--python-version", python, "--only-binary", ":all:"]
            foreign += [word for platform in PLATFORMS for word in ("--platform", platform)]
        report = Path(folder) / "report.json"
        words = ["--quiet", "--dry-run", "--ignore-installed", "--no-deps", "--report", str(report), *foreign]
        subprocess.run(
            [sys.executable, "-m", "pip", "install", *words, *names], check=True, capture_output=True
        )
        found = json.loads(report.read_text(encoding="utf-8"))["install"]
    return {
        f"{own['metadata']['name']}=={own['metadata']['version']}": own["download_info"]["archive_info"][
            "hashes"
        ]["sha256"]
        for own in found
    }


def canonical(name: str) -> str:
    """Spell a package's name as registries do."""
    return re.sub(r"[-_.]+", "-", name).lower()


def note() -> None:
    """Write the hashes behind the versions."""
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    wanted = {canonical(own["name"]): f"{own['name']}=={own['version']}" for own in pinned("\n".join(lines))}
    hashes = defaultdict(set)
    for python in (None, *PYTHONS):
        for name, sha in asked_apart(list(wanted.values()), python).items():
            hashes[canonical(name.partition("==")[0])].add(sha)
    written = []
    for line in lines:
        own = LINE.fullmatch(line)
        if own is not None:
            told = " ".join(f"sha256:{sha}" for sha in sorted(hashes[canonical(own["name"])]))
            line = f"{own['name']}=={own['version']}{(own['marker'] or '').rstrip()}  # {told}"
        written.append(line)
    CONSTRAINTS.write_text("\n".join(written) + "\n", encoding="utf-8")


def asked_apart(names: list[str], python: str | None) -> dict[str, str]:
    """Ask for all at once, or, since one without a wheel stops all, for each half."""
    try:
        return asked(names, python)
    except subprocess.CalledProcessError:
        if (
            len(names) == 1
        ):  # a source archive, which this interpreter's own answer has; or nothing for it at all
            print(f"{names[0]}: no wheel for Python {python or 'here'}", file=sys.stderr)
            return {}
        half = len(names) // 2
        return asked_apart(names[:half], python) | asked_apart(names[half:], python)


def requirements() -> str:
    """Give the constraints as requirements with hashes."""
    lines = []
    for own in pinned(CONSTRAINTS.read_text(encoding="utf-8")):
        hashes = re.findall(r"sha256:[0-9a-f]{64}", own["comment"] or "")
        if not hashes:
            sys.exit(f"{CONSTRAINTS}: {own['name']} has no hash; python .ci/hashes.py note")
        told = " ".join(f"--hash={sha}" for sha in hashes)
        lines.append(f"{own['name']}=={own['version']}{(own['marker'] or '').rstrip()} {told}")
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("note", "requirements"))
    if parser.parse_args().what == "note":
        note()
    else:
        print(requirements())
