"""Use Point-NN as an adapter: a memory of training-free vectors of the clouds themselves, alone or beside CLIP."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from pointclip2.encoders.points.point_nn import PointNNEncoder
from pointclip2.heads.adapters.adapter import Adapter, Setting
from pointclip2.heads.adapters.cache import SHARES, check_positive
from pointclip2.heads.adapters.memory import Memory, best_of
from pointclip2.heads.adapters.samples import Samples

SHARPNESS = (2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)


class PointNNAdapter(Adapter):
    """Classifies by Point-NN's similarity to the examples; nothing in it is trained.

    Its own logits are log-densities of the classes; with ``clip`` they are CLIP's plus ``share`` times the affinity to
    each class's examples.

    Args:
        clip: add the votes to CLIP's logits.
        clip_keys: compare examples by CLIP's features of their views as well, side by side with Point-NN's.
        share: weight of the votes beside CLIP's logits, used where there is no validation to choose it on.
        sharpness: how fast the affinity falls as similarity falls, used where there is no validation.
        standardise, whiten: see `Memory`; the published head does neither.
        stages, dim, neighbours, every, alpha, beta: see `PointNNEncoder`.

    Raises:
        ConfigError: an option has a value that cannot work.
    """

    name = "point_nn"
    takes_copies = False  # an encoder of shapes takes a stretched copy for another shape

    share: Tensor
    sharpness: Tensor

    def __init__(
        self,
        clip: bool = False,
        clip_keys: bool = False,
        share: float = 30.0,
        sharpness: float = 20.0,
        standardise: bool = True,
        whiten: float = 0.5,
        stages: int = 4,
        dim: int = 72,
        neighbours: int = 90,
        every: int = 1,
        alpha: float = 1000.0,
        beta: float = 100.0,
    ) -> None:
        super().__init__(
            clip=clip,
            clip_keys=clip_keys,
            share=share,
            sharpness=sharpness,
            standardise=standardise,
            whiten=whiten,
            stages=stages,
            dim=dim,
            neighbours=neighbours,
            every=every,
            alpha=alpha,
            beta=beta,
        )
        check_positive(share=share, sharpness=sharpness)
        self.clip, self.clip_keys = clip, clip_keys
        self.standardise, self.whiten = standardise, whiten
        self.own_encoders["shape"] = PointNNEncoder(stages, dim, neighbours, every, alpha, beta)
        self.uses_text = clip
        self.reads = ("shape", "views") if clip or clip_keys else ("shape",)
        self.register_buffer("share", torch.tensor(float(share)))
        self.register_buffer("sharpness", torch.tensor(float(sharpness)))

    def begin(self, setting: Setting) -> None:
        """Start with an empty memory."""
        super().begin(setting)
        self.memory = Memory(len(setting.classes), self.standardise, self.whiten)

    def prepare(self, shots: Samples) -> None:
        """Store the examples."""
        self.memory.store(self._keys(*shots.take(self.reads)), shots.labels)

    def _keys(self, shape: Tensor, views: Tensor | None = None) -> Tensor:
        if not self.clip_keys or views is None:
            return shape
        # Views are unit vectors, so shapes are scaled to the same length; this matters where nothing is standardised.
        return torch.cat([F.normalize(shape, dim=1) * views.shape[1] ** 0.5, views.flatten(1)], dim=1)

    def forward(
        self, shape: Float[Tensor, "batch width"], views: Float[Tensor, "batch views dim"] | None = None
    ) -> Float[Tensor, "batch classes"]:
        """Return log-densities, or with CLIP its logits plus the memory's votes."""
        similarity = self.memory.similarity(self._keys(shape, views))
        if not self.clip or views is None:
            return self.memory.log_density(similarity, float(self.sharpness))
        affinity = self.memory.affinity(similarity, float(self.sharpness))
        return self.zero_shot(views) + self.share * affinity

    @torch.no_grad()
    def choose(self, validation: Samples) -> None:
        """Choose the sharpness, and with CLIP the share, with the most hits on validation."""
        similarity = self.memory.similarity(self._keys(*validation.take(self.reads)))
        if not self.clip:
            (sharpness,) = best_of(
                (SHARPNESS,), lambda b: self.memory.log_density(similarity, b), validation.labels
            )
        else:
            own = self.zero_shot(validation.columns["views"])
            votes = {sharpness: self.memory.affinity(similarity, sharpness) for sharpness in SHARPNESS}
            share, sharpness = best_of(
                (SHARES, SHARPNESS), lambda a, b: own + a * votes[b], validation.labels
            )
            self.share.fill_(share)
        self.sharpness.fill_(sharpness)

    def chosen(self) -> dict[str, float]:
        found = {"sharpness": float(self.sharpness)}
        return {**found, "share": float(self.share)} if self.clip else found
