"""SIGTERM, Ctrl-C and SIGHUP at a random moment of every kind of command: ``python -m tests.campaigns.signals``."""

import argparse
import random
import signal
import sys

from tests.campaigns.interrupted import COMMANDS, Campaign, Ended

WITHIN_S = 3.0


def drawn(rng: random.Random) -> int:
    """Draw a signal, SIGTERM mostly."""
    return rng.choice([signal.SIGTERM, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])


def stopped(ended: Ended, told: int) -> list[str]:
    """Say what was wrong with a process that was told to stop."""
    wrong = []
    if ended.status != 128 + told:
        wrong.append(f"ended with {ended.status}: {ended.said[-1500:]}")
    if ended.lasted_s > WITHIN_S:
        wrong.append(f"took {ended.lasted_s:.1f} s to stop")
    if ended.said.count("stopped by") > 1 or "Traceback" in ended.said:
        wrong.append(f"said more than one line: {ended.said[-1500:]}")
    return wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", default=[], choices=[command.name for command in COMMANDS])
    asked = parser.parse_args()
    sys.exit(Campaign("signals", drawn, stopped).run(asked.tries, asked.seed, asked.only))
