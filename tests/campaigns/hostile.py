"""Files that mean harm or are damaged: ``python -m tests.campaigns.hostile [--tries N] [--seed S]``.

Every format's good file is cut, flipped, doubled and lied about in its header, and there are special files, bombs and
nests. Each is read by `pointclip2.read` in a process of its own, which says how long it took and how much memory it
held at most. A file is survived where reading it gives a cloud or one sentence, within 10 s and 2.5 GB.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.campaigns.bombs import bombs, special
from tests.campaigns.good_files import good_files, mutated
from tests.campaigns.imagined import imagined

SECONDS, BYTES = 10.0, 2.5 * 2**30
TRIES = 400


def cases(folder: Path, tries: int, seed: int) -> list[tuple[str, Path]]:
    """Write ``tries`` files: every special one and every bomb, then as many imagined as mutated ones."""
    (folder / "good").mkdir()
    good = good_files(folder / "good")
    made = [*((f"good {path.name}", path) for path in good), *special(folder)]
    for name, content in bombs().items():
        path = folder / name
        if callable(content):
            if name.endswith((".las", ".laz")) and not (folder / "good" / "a.las").exists():
                continue
            content(path)
        else:
            path.write_bytes(content)
        made.append((f"bomb {name}", path))
    rng = random.Random(seed)
    rest = max(0, tries - len(made))
    for number, (ending, content) in enumerate(imagined(rest // 2, seed)):
        path = folder / f"imagined{number}{ending}"
        path.write_bytes(content)
        made.append((f"imagined {path.name}", path))
    for number in range(max(0, tries - len(made))):
        source = rng.choice(good)
        path = folder / f"mutated{number}{source.suffix}"
        path.write_bytes(mutated(source.read_bytes(), rng))
        if source.suffix == ".gltf":
            shutil.copy(folder / "good" / "b.bin", folder / "b.bin")
        made.append((f"mutated {source.name} {number}", path))
    return made[:tries] if tries < len(made) else made


def read_one(path: Path) -> tuple[str, str]:
    """Read a file: what escaped, or nothing, and what was said of it."""
    import pointclip2
    from pointclip2.errors import UserError

    try:
        cloud = pointclip2.read(path, up="y")
    except UserError as error:
        text = str(error)
        good = text and "\n" not in text and len(text) < 1000
        return "" if good else "no sentence", text
    except BaseException as error:
        return f"{type(error).__name__} escaped", str(error)
    return "", "; ".join((f"{len(cloud.points)} points", *cloud.remarks))


def forked(path: Path) -> tuple[str, str, float, int]:
    """Read a file in a process of its own: what fell short, what was said, seconds, peak bytes."""
    read_end, write_end = os.pipe()
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        os.write(write_end, "\0".join(read_one(path)).encode()[:4000])
        os._exit(0)
    os.close(write_end)
    late = False
    while True:
        done, status, used = os.wait4(child, os.WNOHANG)
        if done:
            break
        if (
            time.monotonic() - start > 12 * SECONDS
        ):  # what waits for ever; this machine may be busy with others
            late = True
            os.kill(child, signal.SIGKILL)
        time.sleep(0.01)
    with os.fdopen(read_end, "rb") as pipe:
        short, _, said = pipe.read().decode(errors="replace").partition("\0")
        ended = os.waitstatus_to_exitcode(status)
    seconds = used.ru_utime + used.ru_stime
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    if late or seconds > SECONDS:
        short = f"it took {seconds:.1f} s of processor time, {time.monotonic() - start:.1f} s in all"
    elif ended != 0:
        short = f"it ended the process ({ended})"
    elif peak > BYTES:
        short = f"it held {peak / 2**30:.1f} GB"
    return short, said, seconds, peak


def main() -> int:
    """Run the campaign; 1 where a file fell short."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tries", type=int, default=TRIES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="files whose name contains this")
    parser.add_argument("--say", action="store_true", help="a line for every file")
    asked = parser.parse_args()
    import torch

    import pointclip2

    torch.set_num_threads(1)
    folder = Path(tempfile.mkdtemp(prefix="hostile-"))
    good, tried, slowest, largest = 0, 0, 0.0, 0
    try:
        made = [case for case in cases(folder, asked.tries, asked.seed) if asked.only in case[0]]
        for path in sorted((folder / "good").glob("*.p*")):  # what reading imports, so that no child has to
            pointclip2.read(path)
        for name, path in made:
            short, said, seconds, peak = forked(path)
            tried += 1
            good += not short
            slowest, largest = max(slowest, seconds), max(largest, peak)
            if short or asked.say:
                told = f"{short or 'survived'} ({seconds:.1f} s, {peak / 2**20:.0f} MB): {said[:200]}"
                print(f"{name}: {told}", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    what = f"hostile, damaged and special files: slowest {slowest:.1f} s, largest {largest / 2**30:.2f} GB, no escape"
    print(json.dumps({"campaign": "hostile", "tried": tried, "survived": good, "what": what}))
    return int(good < tried)


if __name__ == "__main__":
    sys.exit(main())
