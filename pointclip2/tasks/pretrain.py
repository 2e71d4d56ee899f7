"""Training of the built-in tiny CLIP: views against sentences, patches against part phrases."""

import copy
import math
from typing import Any

import lightning
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pointclip2.data.pretraining.batches import PretrainingBatch
from pointclip2.prompts.articles import fill
from pointclip2.prompts.templates import depth_templates
from pointclip2.tasks.orthogonal import OrthogonalAdamW
from pointclip2.tasks.pretrain_start import begin_local, place_patches, whiten_patches

LARGEST_SCALE = math.log(100.0)
ANCHOR_SCALE = 16.0
BACKGROUND, CONTRAST = 1.0, 0.35
"""Training sees (image - BACKGROUND) / CONTRAST, or the white around the object drowns it; see `absorb_centring`."""


class Pretrain(lightning.LightningModule):
    """Three losses: a view names its class, finds its own sentence, and its patches name their parts.

    Args:
        model: an open_clip CLIP with a plain vision transformer.
        tokenizer: open_clip's.
        classes: names in label order, for validation.
        vocabulary: sentences made of all words that training uses. The rows of other tokens are zero and stay so: a
            word that was never trained then says nothing instead of something random.
        examples: images (n, size, size) that the patch embedding begins with.
        steps: of the whole schedule.
        learning_rate: of vectors and embeddings at its peak.
        matrix_rate: of the matrices inside the transformers, whose updates are made orthogonal.
        weight_decay: of matrices.
        warmup: steps.
        decay: of the running average of the weights, which is what is validated and exported.
        instance_weight, part_weight: of the second and third loss.
        anchor_weight: of the pull of views and class sentences to one free vector a class. Two untrained towers
            have nothing to agree on; the vectors give both something to begin with. They are not exported.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        classes: tuple[str, ...],
        vocabulary: list[str],
        examples: Tensor,
        steps: int,
        learning_rate: float = 1.5e-3,
        matrix_rate: float = 5e-3,
        weight_decay: float = 0.05,
        warmup: int = 100,
        decay: float = 0.995,
        instance_weight: float = 0.5,
        part_weight: float = 0.5,
        anchor_weight: float = 1.0,
    ) -> None:
        super().__init__()
        self.model: Any = model
        self.tokenizer = tokenizer
        self.classes = classes
        self.steps = steps
        self.learning_rate, self.matrix_rate = learning_rate, matrix_rate
        self.weight_decay, self.warmup = weight_decay, warmup
        self.decay = decay
        self.instance_weight, self.part_weight, self.anchor_weight = (
            instance_weight,
            part_weight,
            anchor_weight,
        )
        self.anchors = nn.Parameter(torch.randn(len(classes), model.text_projection.shape[1]))
        rows = torch.zeros(model.token_embedding.num_embeddings, 1)
        ids = [self.tokenizer(vocabulary[start : start + 512]) for start in range(0, len(vocabulary), 512)]
        rows[torch.cat(ids).unique()] = 1.0
        rows[0] = 0.0  # padding, behind the end and never looked at
        table: Tensor = model.token_embedding.weight
        with torch.no_grad():
            table.mul_(rows)
        whiten_patches(model, centred(examples)[:, 0])
        place_patches(model)
        begin_local(model)
        table.register_hook(lambda gradient: gradient * rows.to(gradient))
        self.average: Any = copy.deepcopy(model).requires_grad_(False).eval()

    def text(self, model: nn.Module, sentences: list[str]) -> Tensor:
        """Unit rows, cut to the longest sentence: padding behind it is never attended to."""
        tokens = self.tokenizer(sentences).to(self.device)
        return F.normalize(_text_features(model, tokens), dim=-1)

    def training_step(self, batch: PretrainingBatch, index: int) -> Tensor:
        """The weighted sum of the losses."""
        pooled, patches = image_features(self.model, centred(batch.images))
        pooled, patches = F.normalize(pooled, dim=-1), F.normalize(patches, dim=-1)
        texts = self.text(self.model, [*batch.class_texts, *batch.instance_texts, *batch.part_texts])
        sizes = [len(batch.class_texts), len(batch.instance_texts), len(batch.part_texts)]
        classes, instances, parts = texts.split(sizes)
        scale = self.model.logit_scale.clamp(max=LARGEST_SCALE).exp()
        named = batch.labels >= 0
        by_class = scale * pooled[named] @ classes.T
        class_loss = F.cross_entropy(by_class, batch.labels[named])
        instance_loss = _matching(scale * pooled @ instances.T, batch.compatible)
        part_loss = part_matching(scale * patches, parts, batch)
        anchors = F.normalize(self.anchors, dim=-1)
        own = torch.arange(len(classes), device=self.device)
        anchor_loss = F.cross_entropy(ANCHOR_SCALE * pooled[named] @ anchors.T, batch.labels[named])
        anchor_loss = anchor_loss + F.cross_entropy(ANCHOR_SCALE * classes @ anchors.T, own)
        loss = class_loss + self.instance_weight * instance_loss + self.part_weight * part_loss
        loss = loss + self.anchor_weight * anchor_loss
        self.log("train/loss", loss, prog_bar=True)
        self.log_dict(
            {
                "train/class_loss": class_loss,
                "train/instance_loss": instance_loss,
                "train/part_loss": part_loss,
                "train/anchor_loss": anchor_loss,
                "train/acc": (by_class.argmax(dim=1) == batch.labels[named]).float().mean(),
                "train/logit_scale": scale,
            }
        )
        return loss

    def optimizer_step(self, *arguments: Any, **options: Any) -> None:
        """Step, and move the average, which follows quickly early on.

        Both here, because checkpoints are saved as soon as a batch ends: an average that moved later would be one
        step behind in them.
        """
        super().optimizer_step(*arguments, **options)
        step = self.global_step + 1  # counted when this returns
        decay = min(self.decay, (1 + step) / (10 + step))
        with torch.no_grad():
            averaged: list[Tensor] = [*self.average.parameters()]
            current: list[Tensor] = [*self.model.parameters()]
            torch._foreach_lerp_(averaged, current, 1 - decay)

    def on_validation_start(self) -> None:
        """One vector a class, the mean over every fifth template."""
        with torch.no_grad():
            sentences = [fill(template, name) for name in self.classes for template in depth_templates()[::5]]
            rows = self.text(self.average, sentences).view(
                len(self.classes), -1, self.average.text_projection.shape[1]
            )
            self.class_rows = F.normalize(rows.mean(dim=1), dim=-1)

    def validation_step(self, batch: list[Tensor], index: int, dataloader_idx: int = 0) -> None:
        """Accuracy of the averaged weights, mean logits of all views."""
        images, labels = batch
        side = self.average.visual.image_size[0]
        flat = F.interpolate(
            images.float().flatten(0, 1).unsqueeze(1), size=(side, side), mode="bilinear", align_corners=True
        )
        pooled, _ = image_features(self.average, centred(flat[:, 0]))
        logits = (F.normalize(pooled, dim=-1) @ self.class_rows.T).view(*images.shape[:2], -1).mean(dim=1)
        name = ("val/acc", "val/acc_scan")[dataloader_idx]
        right = (logits.argmax(dim=1) == labels).float().mean()
        self.log(name, right, prog_bar=True, add_dataloader_idx=False, batch_size=len(labels), on_epoch=True)

    def configure_optimizers(self) -> Any:
        """Orthogonal steps for the transformers' matrices, AdamW for the rest; warm-up and a cosine for both."""
        named = list(self.model.named_parameters())
        matrices = [p for n, p in named if p.ndim == 2 and "resblocks" in n]
        others = [p for n, p in named if not (p.ndim == 2 and "resblocks" in n)]
        optimizer = OrthogonalAdamW(
            matrices, [*others, self.anchors], self.matrix_rate, self.learning_rate, self.weight_decay
        )

        def factor(step: int) -> float:
            if step < self.warmup:
                return (step + 1) / self.warmup
            share = min(1.0, (step - self.warmup) / max(1, self.steps - self.warmup))
            return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * share))

        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def image_features(model: nn.Module, images: Tensor) -> tuple[Tensor, Tensor]:
    """Pooled (images, dim) and patch features (images, patches, dim) in one pass, at any size in whole patches.

    The position embedding is interpolated as open_clip does when a model is loaded at another size, so that training at
    several sizes prepares for it.
    """
    tower: Any = model.visual
    x = tower.conv1(images)
    rows, columns = x.shape[-2:]
    x = x.flatten(2).transpose(1, 2)
    position = tower.positional_embedding
    if (rows, columns) != tuple(tower.grid_size):
        grid = position[1:].view(1, *tower.grid_size, -1).permute(0, 3, 1, 2)
        grid = F.interpolate(grid, size=(rows, columns), mode="bicubic", antialias=True, align_corners=False)
        position = torch.cat([position[:1], grid.permute(0, 2, 3, 1).flatten(0, 2)])
    lead = tower.class_embedding.expand(len(x), 1, -1)
    x = tower.ln_pre(torch.cat([lead, x], dim=1) + position)
    pooled, patches = tower._global_pool(tower.ln_post(tower.transformer(x)))
    return pooled @ tower.proj, patches @ tower.proj


def centred(images: Tensor) -> Tensor:
    """Depth maps (images, height, width) as three channels with the background at 0."""
    return ((images - BACKGROUND) / CONTRAST).unsqueeze(1).expand(-1, 3, -1, -1)


def absorb_centring(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same model for images in [0, 1]: the shift is the same for every patch and goes into the position embedding.

    Made from the half-precision kernel, so that the background cancels as exactly as it did in training.
    """
    kernel = (state["visual.conv1.weight"].float() / CONTRAST).half()
    position = state["visual.positional_embedding"].float().clone()
    position[1:] -= BACKGROUND * kernel.float().sum(dim=(1, 2, 3))
    return {**state, "visual.conv1.weight": kernel, "visual.positional_embedding": position}


def _text_features(model: Any, tokens: Tensor) -> Tensor:
    """(sentences, dim). Sentences of like length go together: most are short, and one long one would pad them all."""
    last = tokens.argmax(dim=1)  # the end token has the highest number
    order = last.argsort(stable=True)
    features = []
    for part in order.chunk(4):
        cut = tokens[part, : int(last[part].max()) + 1]
        x = model.token_embedding(cut) + model.positional_embedding[: cut.shape[1]]
        x = model.transformer(x, attn_mask=model.attn_mask[: cut.shape[1], : cut.shape[1]])
        features.append(model.ln_final(x[torch.arange(len(part)), last[part]]) @ model.text_projection)
    return torch.cat(features)[order.argsort()]


def _matching(logits: Tensor, compatible: Tensor) -> Tensor:
    """Symmetric contrastive loss; pairs that are true by chance are left out."""
    own = torch.eye(len(logits), dtype=torch.bool, device=logits.device)
    logits = logits.masked_fill(compatible & ~own, -torch.inf)
    target = torch.arange(len(logits), device=logits.device)
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2


def part_matching(patches: Tensor, parts: Tensor, batch: PretrainingBatch) -> Tensor:
    """A patch against the part phrases of its own class, and against those of all classes.

    In the second, the same word of another class is not counted as wrong: "leg" alone is true of both.
    """
    known = batch.patch_parts >= 0
    if not bool(known.any()):
        return patches.sum() * 0.0
    logits = patches[known] @ parts.T
    target = batch.patch_parts[known]
    owner, word = batch.part_owner, batch.part_word
    foreign = owner.unsqueeze(0) != owner[target].unsqueeze(1)
    same = (word.unsqueeze(0) == word[target].unsqueeze(1)) & foreign
    within = F.cross_entropy(logits.masked_fill(foreign, -torch.inf), target)
    among = F.cross_entropy(logits.masked_fill(same, -torch.inf), target)
    return within + 0.5 * among
