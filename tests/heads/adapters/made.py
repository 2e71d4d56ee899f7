"""Features of made-up classes: views around a centre of their class."""

import torch
from torch.nn import functional as F

from pointclip2.heads.adapters import Samples, Setting

CLASSES = ("chair", "lamp", "night stand")
VIEWS, DIM, WIDTH = 4, 12, 20


def setting(classes: tuple[str, ...] = CLASSES, views: int = VIEWS, dim: int = DIM, seed: int = 0) -> Setting:
    generator = torch.Generator().manual_seed(seed)
    text = F.normalize(torch.randn(len(classes), dim, generator=generator), dim=-1)
    return Setting(classes, text, views, logit_scale=20.0)


def samples(each: int, seed: int = 0, noise: float = 0.5, classes: int = len(CLASSES)) -> Samples:
    """``each`` of every class, in turns."""
    centres = torch.Generator().manual_seed(99)
    views = torch.randn(classes, VIEWS, DIM, generator=centres)
    shape = torch.randn(classes, WIDTH, generator=centres)
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(each * classes) % classes
    columns = {
        "views": F.normalize(
            views[labels] + noise * torch.randn(len(labels), VIEWS, DIM, generator=generator), dim=-1
        ),
        "shape": shape[labels] + noise * torch.randn(len(labels), WIDTH, generator=generator) + 3.0,
    }
    return Samples(columns, labels)
