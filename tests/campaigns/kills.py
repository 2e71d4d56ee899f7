"""SIGKILL at a random moment of every kind of command: ``python -m tests.campaigns.kills --tries 200 --seed 0``."""

import argparse
import signal
import sys

from tests.campaigns.interrupted import COMMANDS, Campaign, Ended


def killed(ended: Ended, told: int) -> list[str]:
    """Say what was wrong with a process that was killed."""
    return [] if ended.status == 128 + told else [f"ended with {ended.status}: {ended.said[-1500:]}"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", default=[], choices=[command.name for command in COMMANDS])
    asked = parser.parse_args()
    sys.exit(Campaign("kills", lambda _: signal.SIGKILL, killed).run(asked.tries, asked.seed, asked.only))
