"""The older name of `pointclip2.app.catalog`: ``python -m pointclip2.catalog`` is ``pointclip2 catalog``."""

from pointclip2.app.catalog import Option, catalog, conf_dir, main

__all__ = ["Option", "catalog", "conf_dir", "main"]

if __name__ == "__main__":
    print(main())
