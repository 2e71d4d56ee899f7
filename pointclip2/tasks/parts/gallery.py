"""Segmented clouds as people see them: colours, legend, PLY files, gallery items."""

import re
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int64
from numpy.typing import NDArray
from torch import Tensor

from pointclip2.data.dataset import CloudDataset
from pointclip2.show.gallery import GalleryCloud, GalleryItem
from pointclip2.show.palette import UNKNOWN, Colour, part_colour
from pointclip2.show.ply import write_ply
from pointclip2.tasks.parts.choice import PartChoices
from pointclip2.tasks.parts.module import PartPrediction


class PartColours:
    """One colour for each part that occurs in a cloud, the same in truth and prediction."""

    def __init__(self, dataset: CloudDataset, choices: PartChoices, prediction: PartPrediction) -> None:
        choice = choices[prediction.index]
        names = {int(part): name for part, name in zip(choice.ids, choice.names, strict=True)}
        occurring = torch.cat([prediction.part, prediction.truth]).unique().tolist()
        # Those that were asked for in their own order, then others that are only in the labels.
        asked = [part for part in names if len(names) <= 8 or part in occurring]
        others = [part for part in occurring if part >= 0 and part not in names]
        self.numbers = {part: number for number, part in enumerate([*asked, *others])}
        self.names = {
            part: names.get(part) or dataset.part_names[part].partition("/")[2] for part in self.numbers
        }
        self.occurring = [part for part in self.numbers if part in occurring]

    def of(self, parts: Int64[Tensor, " points"]) -> NDArray[np.uint8]:
        """RGB (points, 3)."""
        top = max(self.numbers, default=0) + 2
        table = np.tile(np.array(UNKNOWN, dtype=np.uint8), (top, 1))
        for part, number in self.numbers.items():
            table[part] = part_colour(number)
        return table[parts.clamp(min=-1).numpy()]

    def colour(self, part: int) -> Colour:
        """Of one part."""
        return part_colour(self.numbers[part])

    @property
    def legend(self) -> tuple[tuple[str, Colour], ...]:
        """Names and colours of the parts that occur."""
        return tuple((self.names[part], self.colour(part)) for part in self.occurring)


class CloudWriter:
    """Writes coloured PLY files into ``clouds/`` of a run: prediction in colour, part and truth as numbers."""

    def __init__(self, run_dir: Path, dataset: CloudDataset, choices: PartChoices) -> None:
        self.folder = run_dir / "clouds"
        self.dataset = dataset
        self.choices = choices

    def path(self, index: int) -> Path:
        """Of one sample: its position keeps names apart that look the same as file names."""
        name = re.sub(r"[^A-Za-z0-9._-]+", "_", self.dataset.names[index])[-80:]
        return self.folder / f"{index:05d}_{name}.ply"

    def __call__(self, prediction: PartPrediction) -> None:
        """Write one cloud.

        Raises:
            OSError: the file could not be written.
        """
        colours = PartColours(self.dataset, self.choices, prediction)
        labels = {"part": prediction.part.numpy()}
        if bool((prediction.truth >= 0).any()):
            labels["truth"] = prediction.truth.numpy()
        comments = [f"{self.dataset.names[prediction.index]}, segmented by pointclip2"]
        comments += [f"part {part} {colours.names[part]}" for part in colours.numbers]
        points = prediction.points.numpy()
        write_ply(self.path(prediction.index), points, colours.of(prediction.part), labels, comments)


def gallery_item(dataset: CloudDataset, choices: PartChoices, prediction: PartPrediction) -> GalleryItem:
    """Truth (where it is known) and prediction as clouds that can be turned."""
    colours = PartColours(dataset, choices, prediction)
    points = prediction.points.numpy().astype(np.float32)
    clouds = [GalleryCloud("prediction", points, colours.of(prediction.part))]
    if bool((prediction.truth >= 0).any()):
        clouds.insert(0, GalleryCloud("truth", points, colours.of(prediction.truth)))
    label = dataset.labels[prediction.index]
    truth = dataset.classes[label] if label >= 0 else None
    name = dataset.names[prediction.index]
    return GalleryItem(name, truth, (), tuple(clouds), None, colours.legend)
