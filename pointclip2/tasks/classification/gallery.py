"""Shapes to look at after a classification: what the model saw of each, what it said, and the cloud to turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from pointclip2.cache import FeatureTable
from pointclip2.data.dataset import CloudDataset
from pointclip2.encoders.encoder import Encoder
from pointclip2.heads.zero_shot import ZeroShotHead, top_classes
from pointclip2.show.gallery import GalleryCloud, GalleryItem
from pointclip2.show.sheet import ViewRow, grey_views, is_distance
from pointclip2.types import CloudBatch, CloudError

# Views in the gallery are no larger: there are many of them, and they are embedded.
VIEW_PX = 128
# The ends of the ramp are left out: they would vanish on a dark and on a white page.
HEIGHT_COLOURS, LOWEST, HIGHEST = "viridis", 0.12, 0.92


@dataclass(frozen=True)
class ShownShape:
    """One shape, as the sheet and as the gallery need it."""

    row: ViewRow | None
    """None where the encoder looks at no views."""
    item: GalleryItem


def shown_shapes(
    dataset: CloudDataset,
    encoder: Encoder,
    head: ZeroShotHead | None,
    table: FeatureTable | None,
    positions: Sequence[int],
    top: Mapping[int, list[tuple[str, float]]],
) -> list[ShownShape]:
    """Return the shapes at these positions of the data set, without those that cannot be read any more.

    Args:
        head: what each view says alone; None, like ``table``, where what is learned looks at all views at once.
        table: the features.
        top: the best classes of each position with their probabilities, best first.
    """
    row_of = {} if table is None else {position: row for row, position in enumerate(table.index.tolist())}
    # Where it encoded last.
    device = next((tensor.device for tensor in encoder.buffers()), torch.device("cpu"))
    shown = []
    for position in positions:
        try:
            cloud = dataset[position]
        except CloudError:  # readable when it was encoded, not any more
            continue
        with torch.no_grad():
            seen = encoder.shown(CloudBatch.of([cloud]).to(device))
        images = None if seen is None else seen[0].cpu()
        if images is not None and images.ndim == 4:  # in colour, shown in grey
            images = images.mean(dim=1)
        label = dataset.labels[position]
        truth = dataset.classes[label] if label >= 0 else None
        said: tuple[tuple[str, float], ...] = ()
        if table is not None and head is not None and images is not None:
            features = table.features[row_of[position]].unsqueeze(0).cpu()
            alone = head.view_logits(features)[:, 0].softmax(dim=-1)
            said = tuple(best[0] for best in top_classes(alone, dataset.classes, 1))
        item = GalleryItem(
            name=cloud.name,
            truth=truth,
            guesses=tuple(top[position]),
            clouds=(by_height(cloud.points),),
            views=None
            if images is None
            else grey_views(images, is_distance(images), min(max(images.shape[-2:]), VIEW_PX)),
            view_guesses=said,
        )
        row = None if images is None else ViewRow(cloud.name, images, truth, top[position][:3])
        shown.append(ShownShape(row, item))
    return shown


def by_height(points: Float[Tensor, "points 3"]) -> GalleryCloud:
    """A cloud, y up, in colours from its lowest point to its highest."""
    from matplotlib import colormaps

    at: NDArray[np.float32] = points.detach().float().cpu().numpy()
    height = np.nan_to_num(at[:, 1], nan=0.0, posinf=0.0, neginf=0.0)
    span = float(np.ptp(height)) if len(height) else 0.0
    share = (height - height.min(initial=np.inf)) / span if span > 0 else np.full(len(at), 0.5)
    colours = colormaps[HEIGHT_COLOURS](LOWEST + (HIGHEST - LOWEST) * share, bytes=True)[:, :3]
    return GalleryCloud("coloured by height", at, np.ascontiguousarray(colours, dtype=np.uint8))
