"""The older name of `pointclip2.app.ablation`: ``python -m pointclip2.ablation`` is ``pointclip2 ablation``."""

import sys

from pointclip2.app.ablation import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
