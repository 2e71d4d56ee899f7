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
from pointclip2.show.gallery import GalleryCloud, GalleryItem
from pointclip2.show.sheet import ViewRow, grey_views, is_distance
from pointclip2.tasks.classification.pipeline import ClassifyPipeline, top_classes
from pointclip2.types import CloudError

# Views in the gallery are no larger: there are many of them, and they are embedded.
VIEW_PX = 128
# The ends of the ramp are left out: they would vanish on a dark and on a white page.
HEIGHT_COLOURS, LOWEST, HIGHEST = "viridis", 0.12, 0.92


@dataclass(frozen=True)
class ShownShape:
    """One shape, as the sheet and as the gallery need it."""

    row: ViewRow
    item: GalleryItem


def shown_shapes(
    dataset: CloudDataset,
    pipeline: ClassifyPipeline,
    table: FeatureTable | None,
    positions: Sequence[int],
    top: Mapping[int, list[tuple[str, float]]],
) -> list[ShownShape]:
    """The shapes at these positions of the data set, without those that cannot be read any more.

    Args:
        table: features, for what each view says alone; None where what is learned looks at all views at once.
        top: the best classes of each position with their probabilities, best first.
    """
    row_of = {} if table is None else {position: row for row, position in enumerate(table.index.tolist())}
    device = next(pipeline.projector.buffers()).device
    shown = []
    for position in positions:
        try:
            cloud = dataset[position]
        except CloudError:  # readable when it was encoded, not any more
            continue
        with torch.no_grad():
            images = pipeline.projector(cloud.points.unsqueeze(0).to(device)).images[0].cpu()
        label = dataset.labels[position]
        truth = dataset.classes[label] if label >= 0 else None
        said: tuple[tuple[str, float], ...] = ()
        if table is not None:
            features = table.features[row_of[position]].unsqueeze(0).cpu()
            alone = pipeline.view_logits(features)[:, 0].softmax(dim=-1)
            said = tuple(best[0] for best in top_classes(alone, dataset.classes, 1))
        item = GalleryItem(
            name=cloud.name,
            truth=truth,
            guesses=tuple(top[position]),
            clouds=(by_height(cloud.points),),
            views=grey_views(images, is_distance(images), min(max(images.shape[1:]), VIEW_PX)),
            view_guesses=said,
        )
        shown.append(ShownShape(ViewRow(cloud.name, images, truth, top[position][:3]), item))
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
