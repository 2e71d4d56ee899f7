"""The older name of `pointclip2.app.records`: ``python -m pointclip2.records`` is ``pointclip2 records``."""

import sys

from pointclip2.app.records import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
