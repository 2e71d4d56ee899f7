"""Write one run as one HTML file: ``report.html``."""

from pointclip2.show.page.report import write_report

__all__ = ["write_report"]
