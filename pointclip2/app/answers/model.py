"""`PointCLIP`: names in, and then for every cloud the one that fits, or none."""

import copy
import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import torch
from omegaconf import DictConfig
from torch import Tensor

from pointclip2.app.answers.answer import Answer, Answers
from pointclip2.app.answers.boxes import FoundBoxes
from pointclip2.app.answers.given import Item, Reading, clouds, is_one, scene_of, with_rows
from pointclip2.app.answers.parts import Parts, spread_to_rows
from pointclip2.app.compose import build, compose
from pointclip2.cache import FeatureCache
from pointclip2.cache.text import class_vectors, unread
from pointclip2.data.class_names import KNOWN
from pointclip2.data.prepare import TO_Y_UP, check_choice
from pointclip2.data.standing import summary_line, turn, up_summary
from pointclip2.encoders.dense import DenseViewEncoder, whole_clouds
from pointclip2.encoders.encoder import text_of
from pointclip2.encoders.upright import Upright, asked_for_up
from pointclip2.encoders.views import ViewEncoder
from pointclip2.errors import CloudError, ConfigError
from pointclip2.heads.parts import PartHead
from pointclip2.heads.reference import Reference, calibrated
from pointclip2.heads.rejection import Rejection
from pointclip2.heads.zero_shot import ZeroShotHead, top_classes
from pointclip2.show.gallery import per_cent
from pointclip2.tasks.detection.detector import RoomDetector
from pointclip2.text.articles import with_article
from pointclip2.text.name_list import named, with_descriptions
from pointclip2.text.part_bank import category_parts
from pointclip2.types import Cloud, CloudBatch

log = logging.getLogger(__name__)

PART_POINTS = 2048
"""Points of a cloud whose parts are asked for, at least; all rows of its file take theirs from these."""


class PointCLIP:
    """Names clouds: the whole pipeline of ``pointclip2 evaluate`` as one object, for files, arrays and tensors.

    >>> model = PointCLIP(["chair", "table", "lamp"])
    >>> model("scan.ply").name
    'chair'

    Args:
        names: to choose from; with descriptions where it is a mapping; by default those that the built-in model was
            trained on.
        backbone, projector, encoder, prompt: as the options of ``pointclip2 evaluate`` are called.
        device: ``cpu``, ``cuda:1`` ...; by default a GPU where there is one.
        download: whether weights that are not on this machine may be downloaded.
        up: the axis that points up in files and arrays: x y z -x -y -z; ``auto`` finds out; ``any`` takes them as
            they are.
        points: of every cloud that is drawn from a file or an array.
        rejection: whether a cloud can be none of the names. By default where how well names fit has been calibrated for
            this encoder: the built-in model's calibration is shipped; ``True`` makes one that is missing, which takes
            as long as naming two thousand clouds, and keeps it.
        refused: the share of known things that may be called none of these by mistake, on held-out procedural shapes.
        batch: clouds that are encoded at once.
        seed: of the points that are drawn.
        overrides: further options, as they are typed behind ``pointclip2 evaluate``.

    Raises:
        ConfigError: no names, a name twice, an unknown option; an encoder that knows no sentences.
        WeightsError: the weights are not here.
    """

    def __init__(
        self,
        names: str | Iterable[str] | Mapping[str, str | Sequence[str]] | None = None,
        *,
        backbone: str = "tiny",
        projector: str | None = None,
        encoder: str = "views",
        prompt: str = "templates",
        device: str | torch.device | None = None,
        download: bool = False,
        up: str = "auto",
        points: int = 1024,
        rejection: bool | None = None,
        refused: float = 0.05,
        batch: int = 32,
        seed: int = 0,
        overrides: Sequence[str] = (),
    ) -> None:
        self.descriptions = named(KNOWN if names is None else names)
        self.names = tuple(self.descriptions)
        self.device = _device(device)
        if not isinstance(points, int) or points < 1 or batch < 1 or not 0 < refused < 1:
            raise ConfigError(
                f"points={points}, batch={batch}, refused={refused}: numbers from 1 on, a share between 0 and 1"
            )
        for override in overrides:
            if override.lstrip("+~").partition("=")[0].partition(".")[0] in (
                "data",
                "task",
                "hydra",
                "plugins",
            ):
                raise ConfigError(f"{override}: the command says what is asked of which files, not an option")
        self.reading = Reading(points, _checked_up(up), seed)
        self.batch = batch
        self._options = [
            f"backbone={backbone}",
            f"prompt={prompt}",
            *([f"backbone.download={str(download).lower()}"] if download else []),
            *overrides,
        ]
        drawn = [] if projector is None else [f"projector={projector}"]
        self._config = compose("evaluate", [f"encoder={encoder}", *drawn, *self._options])
        self.encoder = build(self._config.encoder).to(self.device)
        self.upright = Upright(self.encoder) if asked_for_up(self.encoder) else self.encoder
        self.prompts = with_descriptions(build(self._config.prompt)(self.names), self.descriptions)
        text_of(self.encoder)
        self.wants_rejection, self.refused = rejection, refused

    @cached_property
    def head(self) -> ZeroShotHead:
        """Compares views with the names."""
        text = text_of(self.encoder)
        for line in unread(text, self.prompts, cache_folder()):
            log.warning("%s", line)
        vectors = class_vectors(text, self.prompts, cache_folder(), self.device)
        return ZeroShotHead(vectors.to(self.device), text.logit_scale)

    @cached_property
    def rejection(self) -> Rejection | None:
        """Says how well the best name fits; None where that was not asked for, or not calibrated."""
        wanted, root = self.wants_rejection, cache_folder()
        if wanted is None and not calibrated(self.encoder, root):
            log.warning(
                "whether a cloud is none of the names is not judged: that is not calibrated for this encoder; "
                "rejection=True (--calibrate) does it once"
            )
            return None
        if wanted is False:
            return None
        reference = Reference.of(self.encoder, FeatureCache(root, batch_size=self.batch))
        return Rejection(self.head, self.names, reference, self.refused).to(self.device)

    def __repr__(self) -> str:
        names = ", ".join(self.names[:5]) + (", ..." if len(self.names) > 5 else "")
        return f"PointCLIP({names}; {self.encoder.id}, {self.device})"

    def __call__(self, given: Any, up: str | None = None) -> Any:
        """Return an `Answer` for one cloud, `Answers` for several.

        Args:
            given: a file, an array or a tensor (points, 3), a `Cloud`; or a folder, a list, a generator of these, or a
                mapping from names to them. A list is several times faster than one call a cloud.
            up: the axis that points up in these, where it is another than the model's.

        Raises:
            CloudError: the one cloud that was given cannot be read. Of several, those that cannot be read stand in
                ``unread``.
            DataError: there is no such file, or nothing to read in a folder.
        """
        if is_one(given):
            (found,) = self.stream(given, up)
            if isinstance(found, Item):
                raise CloudError(found.reason)
            for remark in found.remarks:
                log.warning("%s: %s", found.source, remark)
            return found
        answers, unread = [], {}
        for found in self.stream(given, up):
            if isinstance(found, Item):
                unread[found.source] = found.reason
            else:
                answers.append(found)
        ups = {answer.source: answer.cloud.ups for answer in answers if answer.cloud.ups is not None}
        if ups:
            log.warning("%s", summary_line(up_summary(ups), "up="))
        if unread:
            log.warning("%d of %d could not be read: see unread", len(unread), len(unread) + len(answers))
        return Answers(answers, unread)

    def stream(self, given: Any, up: str | None = None) -> Iterator[Answer | Item]:
        """Give answers as they come, in order; what cannot be read is an item with a reason."""
        waiting: list[Item] = []
        for item in clouds(given, self.reading if up is None else replace(self.reading, up=_checked_up(up))):
            waiting.append(item)
            if len(waiting) == self.batch:
                yield from self._answered(waiting)
                waiting = []
        yield from self._answered(waiting)

    def _answered(self, items: Sequence[Item]) -> Iterator[Answer | Item]:
        """Encode the clouds of equally many points together; keep the order."""
        sizes: dict[int, list[int]] = {}
        for place, item in enumerate(items):
            if item.cloud is not None:
                sizes.setdefault(len(item.cloud.points), []).append(place)
        found: dict[int, Answer | Item] = {}
        for places in sizes.values():
            found |= zip(places, self._each([items[place] for place in places]), strict=True)
        for place, item in enumerate(items):
            yield found.get(place, item)

    def _each(self, items: Sequence[Item]) -> list[Answer | Item]:
        """Answer for clouds together; one by one, where the encoder cannot use one of them."""
        try:
            return [*self._answers(items)]
        except CloudError as error:
            if len(items) == 1:
                return [Item(items[0].source, reason=f"{items[0].source}: {error}")]
        return [found for item in items for found in self._each([item])]

    @torch.no_grad()
    def _answers(self, items: Sequence[Item]) -> list[Answer]:
        given = [item.cloud for item in items if item.cloud is not None]
        features = self.upright.encode(CloudBatch.of(given).to(self.device))
        if features.ups is not None:
            given = [turn(cloud, ups) for cloud, ups in zip(given, features.ups, strict=True)]
        if self.rejection is None:
            probability, judged = self.head(features.vectors).cpu(), [(None, 0.0, False)] * len(given)
        else:
            said = self.rejection.judge(features.vectors)
            probability = said.probability.cpu()
            judged = list(zip(said.none.tolist(), said.fit.tolist(), said.is_none.tolist(), strict=True))
        best = top_classes(probability, self.names, len(self.names))
        return [
            Answer(item.source, tuple(top), none, fit, is_none, cloud, partial(self.shown, cloud))
            for item, cloud, top, (none, fit, is_none) in zip(items, given, best, judged, strict=True)
        ]

    @torch.no_grad()
    def segment(
        self,
        given: Any,
        of: str,
        parts: str | Iterable[str] | Mapping[str, str | Sequence[str]] | None = None,
        points: int | None = None,
    ) -> Parts:
        """Give every row of one file, array, tensor or cloud a part.

        Args:
            of: what the object is: "chair".
            parts: to choose from, with descriptions where it is a mapping; by default those that are described for this
                kind of object.
            points: so many are looked at; by default `PART_POINTS`, or the model's own if they are more.

        Raises:
            ConfigError: nothing is known of the parts of such an object, so that they have to be named.
            CloudError: the file cannot be read.
        """
        if parts is None and not category_parts(of):
            raise ConfigError(f"parts of {of!r} are not described here: name them, such as back,seat,leg")
        wanted = named(category_parts(of) if parts is None else parts)
        prompts = with_descriptions(build(self._dense_config.prompt)(list(wanted), category=of), wanted)
        encoder = self._dense_encoder
        drawn = replace(self.reading, points=points or max(self.reading.points, PART_POINTS))
        source, cloud, rows = with_rows(given, drawn)
        cloud, doubt = self._stood_up(cloud, of)
        for line in unread(text_of(encoder), prompts, cache_folder()):
            log.warning("%s", line)
        text = class_vectors(text_of(encoder), prompts, cache_folder(), self.device)
        head = PartHead(text_of(encoder).logit_scale, build(self._dense_config.smoothing))
        batch = CloudBatch.of([cloud]).to(self.device)
        found = head(encoder.encode(batch), text.to(self.device), batch.points, of)
        part = spread_to_rows(cloud, found.logits[0], rows.points)
        return Parts(source, of, prompts.classes, part, rows, cloud, found.part[0].cpu().numpy(), doubt)

    @torch.no_grad()
    def detect(self, given: Any, least: float = 0.1, units: str = "auto") -> FoundBoxes:
        """Find boxes with these names in one scan of a room: a file, an array or tensor (points, 3), or a `Scene`.

        Args:
            least: boxes that do not score above it are left out.
            units: of a file or an array: m cm mm ft in; ``auto`` goes by the extent.

        Raises:
            CloudError: the scan cannot be read.
            DataError: there is no such file.
        """
        scene = scene_of(given, self.reading, units)
        room = self._detector(scene)
        return FoundBoxes(
            str(given) if isinstance(given, str | os.PathLike) else scene.name, room, scene, least
        )

    @cached_property
    def _detector(self) -> RoomDetector:
        task = compose("evaluate", ["task=detection", *self._options])
        return RoomDetector.named(
            self.names,
            whole_clouds(self.encoder),
            lambda _: self.prompts,
            build(task.proposals),
            build(task.task.crop),
            build(task.task.score),
            cache=cache_folder(),
            nms_iou=task.task.nms_iou,
            min_objectness=task.task.min_objectness,
        ).to(self.device)

    @cached_property
    def _dense_config(self) -> DictConfig:
        return compose("evaluate", ["task=part_segmentation", *self._options])

    @cached_property
    def _dense_encoder(self) -> DenseViewEncoder:
        if not isinstance(self.encoder, ViewEncoder):
            raise ConfigError(
                f"encoder {self.encoder.id} says nothing about single points: take encoder=views"
            )
        config = self._dense_config
        return DenseViewEncoder(build(config.projector), self.encoder.clip, build(config.dense)).to(
            self.device
        )

    def _stood_up(self, cloud: Cloud, of: str) -> tuple[Cloud, tuple[str, ...]]:
        """Return a cloud the right way up, as far as can be told, and a doubt if it does not look like an ``of``."""
        model = self if self.names == (of,) else self._only(of)
        (answer,) = model.stream(cloud)
        if isinstance(answer, Item):
            raise CloudError(answer.reason)
        doubt = f"does not look like {with_article(of)} ({answer.name} {per_cent(answer.probability)})"
        return answer.cloud, (doubt,) if answer.is_none else ()

    def _only(self, name: str) -> "PointCLIP":
        """Return this model with one name to choose from."""
        other = copy.copy(self)
        for part in ("head", "rejection", "_detector"):
            other.__dict__.pop(part, None)
        other.descriptions, other.names = {name: ()}, (name,)
        other.prompts = build(self._config.prompt)(other.names)
        return other

    @torch.no_grad()
    def shown(self, cloud: Cloud) -> Tensor | None:
        """Return what the encoder looks at in a cloud, (views, height, width); None where it sees no images."""
        seen = self.encoder.shown(CloudBatch.of([cloud]).to(self.device))
        return None if seen is None else seen[0].cpu()


def _device(wanted: str | torch.device | None) -> torch.device:
    """Return a device that is there.

    Raises:
        ConfigError: it is not.
    """
    try:
        device = torch.device(wanted or ("cuda" if torch.cuda.is_available() else "cpu"))
        torch.zeros(1, device=device).cpu()
    except Exception as error:  # torch raises many kinds
        raise ConfigError(f"device {wanted}: there is no such device here; cpu works everywhere") from error
    return device


def _checked_up(up: str) -> str:
    check_choice("up", up, ("auto", *TO_Y_UP))
    return up


def cache_folder() -> Path | None:
    """Return where vectors of text are kept between programs: ``POINTCLIP2_CACHE``, or the user's cache folder."""
    told = os.environ.get("POINTCLIP2_CACHE") or os.environ.get("XDG_CACHE_HOME")
    try:
        folder = Path(told).expanduser() if told else Path.home() / ".cache"
    except RuntimeError:  # nobody's home
        return None
    return folder if os.environ.get("POINTCLIP2_CACHE") else folder / "pointclip2"
