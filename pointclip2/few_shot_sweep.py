"""After a few-shot sweep: accuracy by shots."""
from hydra.experimental.callback import Callback


class FewShotCurves(Callback):
    """placeholder"""
