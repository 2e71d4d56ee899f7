"""Show one run wherever it is to be shown. Whatever goes wrong here is a warning."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pointclip2.show.dashboards.loggers import one_line, wandb_of
from pointclip2.show.exhibit import Exhibit

log = logging.getLogger(__name__)

REPORT = "report.html"


def show(exhibit: Exhibit, run_dir: Path, loggers: Sequence[Any], report: bool) -> None:
    """Send media to Weights & Biases where that is among the loggers, and write ``report.html``.

    Args:
        loggers: as `open_loggers` made them, still open.
        report: whether the page is wanted.
    """
    found = wandb_of(list(loggers))
    if found is not None:
        from pointclip2.show.dashboards.media import log_exhibit

        guard, logger = found
        guard.attempt(lambda: log_exhibit(logger.experiment, exhibit, run_dir))
    if report:
        from pointclip2.show.page import write_report

        try:
            write_report(run_dir / REPORT, exhibit)
        except Exception as error:  # a fault in a picture must not cost the figures
            log.warning("%s was not written (%s); the results are not affected", REPORT, one_line(error))
