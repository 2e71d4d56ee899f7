"""Train: ``python train.py data.shots=16 adapter=inter_view`` fits an adapter on a few examples a class;
``python train.py experiment=tiny_clip`` makes the built-in model again.

``--help`` lists the options; ``pointclip2 train`` is the same from any folder.

Exit status: 0 all well, 1 failed (a sweep: one of its jobs), 3 finished but some samples could not be read.
"""

from pointclip2.app.cli import train

if __name__ == "__main__":
    raise SystemExit(train())
