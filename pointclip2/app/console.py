"""What libraries say that nobody who runs a command needs: the console ends in a table people should see."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

CHATTER = (
    "GPU available:",
    "TPU available:",
    "HPU available:",
    "LOCAL_RANK:",
    "You are using a CUDA device",
    "💡 Tip:",
)
"""How messages begin that repeat with every trainer and ask for nothing."""

IGNORED_WARNINGS = (
    r".*LeafSpec\)?` is deprecated",  # Lightning's use of torch's tree functions
    r"The '\w+_dataloader' does not have many workers",  # num_workers is an option, and 0 is its measured default
    r"The `srun` command is available",  # on a cluster's own machine a run need not be a job
    r"You are trying to `self.log\(\)` but",  # only where a user chose logger=none
)


class _Chatter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return not str(record.msg).lstrip().startswith(CHATTER)


_CHATTER = _Chatter()


@contextmanager
def quiet_lightning() -> Iterator[None]:
    """Leave out the chatter, and print what remains of Lightning's messages once.

    Lightning gives its loggers handlers of their own; where the application has set up logging, every line would
    come twice.
    """
    configured = logging.getLogger().hasHandlers()
    for name in ("lightning", "lightning.pytorch", "lightning.fabric"):
        logger = logging.getLogger(name)
        if configured:
            logger.handlers.clear()
            logger.propagate = True
    for name in ("lightning.pytorch.utilities.rank_zero", "lightning.fabric.utilities.rank_zero"):
        logger = logging.getLogger(name)
        # The same object every time: adding it twice does nothing.
        logger.addFilter(_CHATTER)
    with warnings.catch_warnings():
        for message in IGNORED_WARNINGS:
            warnings.filterwarnings("ignore", message)
        yield
