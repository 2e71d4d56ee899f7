"""Run campaigns one after the other and print the table of what was tried and what survived."""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests import campaigns


def run(name: str, more: list[str]) -> dict[str, Any]:
    """Run a campaign, its complaints on the screen as they come, and return what its last line says."""
    began = time.monotonic()
    words = [sys.executable, "-m", f"tests.campaigns.{name}", *more]
    said: list[str] = []
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, errors="replace") as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            said.append(line)
    try:
        told: dict[str, Any] = json.loads(said[-1])
        whole = {"tried", "survived", "what"} <= told.keys()
    except (ValueError, IndexError, AttributeError):
        whole = False
    if not whole:
        told = {"tried": 0, "survived": 0, "what": f"ended with status {process.returncode}, no table"}
    # A campaign that tried nothing has shown nothing, unless it says why it could not.
    fell_short = process.returncode != 0 or told["survived"] != told["tried"] or not whole
    return {**told, "campaign": name, "seconds": time.monotonic() - began, "fell_short": fell_short}


def main() -> int:
    """Run those asked for; 1 if any fell short."""
    modules = sorted(path for folder in campaigns.__path__ for path in Path(folder).glob("[a-z]*.py"))
    names = [path.stem for path in modules if "__main__" in path.read_text(encoding="utf-8")]
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="CAMPAIGN", help=f"of {', '.join(names)}; all by default")
    parser.add_argument(
        "--tries", help="a number, for each; by default what the campaign itself holds for enough"
    )
    parser.add_argument("--seed", help="draws other cases")
    options = parser.parse_args()
    for name in options.names:
        if name not in names:
            parser.error(f"there is no campaign {name}; there are {', '.join(names)}")
    more = [
        word
        for key in ("tries", "seed")
        if getattr(options, key)
        for word in (f"--{key}", getattr(options, key))
    ]
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("WANDB_MODE", "offline")
    table = Table("campaign", "tried", "survived", "minutes", "what", title="campaigns")
    all_well = True
    for name in options.names or names:
        print(f"== {name}", flush=True)
        told = run(name, more)
        all_well = all_well and not told["fell_short"]
        mark = "" if not told["fell_short"] else " (!)"
        minutes = f"{told['seconds'] / 60:.1f}"
        table.add_row(name, str(told["tried"]), f"{told['survived']}{mark}", minutes, str(told["what"]))
    Console(width=150).print(table)
    return 0 if all_well else 1


if __name__ == "__main__":
    sys.exit(main())
