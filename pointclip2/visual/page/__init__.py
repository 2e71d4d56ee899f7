"""One run as one HTML file: ``report.html``."""

from pointclip2.visual.page.report import write_report

__all__ = ["write_report"]
