"""Evaluate a composed configuration: ``python evaluate.py data=modelnet40 backbone=vit_b16``.

``--help`` lists the options; ``pointclip2 evaluate`` is the same from any folder.

Exit status: 0 all well, 1 failed (a sweep: one of its jobs), 3 finished but some samples could not be read.
"""

from pointclip2.app.cli import evaluate

if __name__ == "__main__":
    raise SystemExit(evaluate())
