"""``python -m pointclip2 evaluate ...`` is ``pointclip2 evaluate ...``."""

from pointclip2.app.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
