"""Define what every adapter is: a module that turns columns of samples into logits after it has seen a few examples."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from pointclip2.data.prepare import stable_seed
from pointclip2.encoders.encoder import Encoder
from pointclip2.heads.adapters.recipe import Recipe
from pointclip2.heads.adapters.samples import Batches, Samples
from pointclip2.heads.fusion import fuse, view_logits
from pointclip2.types import ConfigError, TrainingError


@dataclass(frozen=True)
class Setting:
    """Describes the task that an adapter is made for: the classes, their texts, and the views of a backbone."""

    classes: tuple[str, ...]
    text: Float[Tensor, "classes dim"] | None
    """Text features of the classes, unit rows; None where the encoder knows no sentences."""
    views: int
    """Number of vectors a cloud has."""
    logit_scale: float = 100.0
    """The text encoder's factor of its cosines."""
    encoder: Encoder | None = None
    """The run's encoder; only adapters that sit inside it need it."""
    width: int | None = None
    """Length of a vector, needed where there are no texts."""

    @property
    def dim(self) -> int:
        """Return the length of a vector.

        Raises:
            ConfigError: neither the texts nor ``width`` give it.
        """
        found = self.width if self.text is None else self.text.shape[1]
        if found is None:
            raise ConfigError("a setting without texts needs the width of its vectors")
        return found


class Adapter(nn.Module):
    """Learns a small head over a frozen backbone; ``forward`` gives logits of the columns that `reads` names.

    An adapter is used in this order: ``begin`` with a setting, ``prepare`` from the examples, gradient steps by the
    ``recipe`` where there is one, ``choose`` on validation; then ``forward``. `fit` does all of that in a notebook; a
    real training, which can be stopped and resumed, is `pointclip2.tasks.few_shot.module`.

    >>> import torch.nn.functional as F
    >>> from pointclip2.heads.adapters import LinearProbe
    >>> views = F.normalize(torch.randn(8, 3, 16), dim=-1)
    >>> adapter = LinearProbe()
    >>> adapter.begin(Setting(("chair", "lamp"), F.normalize(torch.randn(2, 16), dim=-1), views=3))
    >>> adapter.fit(Samples({"views": views}, torch.tensor([0, 1] * 4)))
    >>> adapter(views).shape
    torch.Size([8, 2])
    """

    name: ClassVar[str]
    """Name of the adapter in ``adapter=...`` and in saved files."""
    reads: tuple[str, ...] = ("views",)
    """The columns of `Samples` that ``forward`` takes, in its order."""
    batch: int = 1024
    """Samples in one forward pass where nothing is learned."""
    takes_copies: bool = True
    """Whether scaled and shifted copies of the examples teach it something."""
    validate_epochs: int = 1
    """Epochs from one validation to the next."""
    uses_text: bool = True
    """Whether it compares vectors with the texts of the classes."""
    text: Tensor

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.options = options
        """The constructor's arguments as plain data, for the saved file."""
        self.own_encoders: dict[str, Encoder] = {}
        """Encoders of the columns that are neither ``views`` nor ``points``, by the name of the column."""
        recipe = options.get("recipe")
        if recipe is not None and not isinstance(recipe, Mapping):
            raise ConfigError(f"adapter.recipe={recipe}: give options, such as adapter.recipe.epochs=100")
        try:
            self.recipe = None if recipe is None else Recipe(**recipe)
        except TypeError as error:
            known = ", ".join(field.name for field in dataclasses.fields(Recipe))
            raise ConfigError(f"adapter.recipe: {error}; it has {known}") from error
        self.register_buffer("text", torch.zeros(0, 0), persistent=False)

    def begin(self, setting: Setting) -> None:
        """Take the setting, and make the parameters that it decides.

        Raises:
            ConfigError: the setting lacks what this adapter needs.
        """
        if setting.text is None and self.uses_text:
            raise ConfigError(
                f"adapter={self.name} compares clouds with sentences, and the encoder knows none: "
                "take adapter=linear_probe or adapter=point_nn, or encoder=views"
            )
        self.setting = setting
        self.text = torch.zeros(0, 0) if setting.text is None else setting.text.clone()

    def prepare(self, shots: Samples) -> None:
        """Learn from the examples whatever needs no gradient."""

    def choose(self, validation: Samples) -> None:
        """Choose what the examples cannot teach, on labelled samples that are neither shots nor test."""

    def chosen(self) -> dict[str, float]:
        """Return what was chosen on validation, for ``results.json``."""
        return {}

    def scores(
        self, *columns: Tensor
    ) -> tuple[Float[Tensor, "batch classes"], Float[Tensor, "batch classes"]]:
        """Return logits and probabilities."""
        logits = self(*columns)
        return logits, logits.softmax(dim=-1)

    @torch.no_grad()
    def logits(self, samples: Samples) -> Float[Tensor, "samples classes"]:
        """Return the logits of all samples, as in testing: no dropout, batch by batch."""
        training = self.training
        self.eval()
        parts = [column.split(self.batch) for column in samples.take(self.reads)]
        logits = torch.cat([self(*batch) for batch in zip(*parts, strict=True)])
        self.train(training)
        return logits

    def zero_shot(self, views: Float[Tensor, "batch views dim"]) -> Float[Tensor, "batch classes"]:
        """Return CLIP's own logits: the mean over views."""
        weights = views.new_full((views.shape[1],), 1 / views.shape[1])
        return fuse(view_logits(views, self.text, self.setting.logit_scale), weights)

    def fit(self, shots: Samples, validation: Samples | None = None, seed: int = 0) -> None:
        """Learn from the examples, and choose on validation if there is one. No epoch is picked, nothing is saved."""
        self.prepare(shots)
        if self.recipe is not None:
            self._descend(shots, self.recipe, seed)
        if validation is not None and len(validation):
            self.choose(validation)
        self.eval()

    def _descend(self, shots: Samples, recipe: Recipe, seed: int) -> None:
        self.train()
        optimiser = recipe.build_optimiser(self.parameters())
        batches = Batches(shots.examples, shots.variants, recipe.batch, seed)
        for epoch in range(recipe.epochs):
            recipe.set_rate(optimiser, epoch)
            batches.set_epoch(epoch)
            seed_epoch(seed, epoch)
            for rows in batches:
                optimiser.zero_grad()
                loss = recipe.loss(
                    self(*(column[rows] for column in shots.take(self.reads))), shots.labels[rows]
                )
                if not bool(loss.isfinite()):
                    raise TrainingError(f"the loss is {float(loss.detach())} in epoch {epoch}: {CALMER}")
                loss.backward()
                optimiser.step()


CALMER = "a smaller adapter.recipe.learning_rate may help"


def seed_epoch(seed: int, epoch: int) -> None:
    """Seed the dropout of an epoch, so that it depends on nothing that went before."""
    torch.manual_seed(stable_seed(f"{seed}/epoch/{epoch}") >> 1)
