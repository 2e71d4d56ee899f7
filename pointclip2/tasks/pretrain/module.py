"""Training of the built-in tiny CLIP: views against sentences, patches against part phrases, words by a teacher."""

import copy
import math
from typing import Any

import lightning
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pointclip2.tasks.pretrain.orthogonal import OrthogonalAdamW
from pointclip2.text.articles import fill
from pointclip2.text.templates import depth_templates
from pointclip2.worlds.pretraining.batches import PretrainingBatch

LARGEST_SCALE = math.log(100.0)
ANCHOR_SCALE = 16.0
LANGUAGE_SCALE = 20.0


class PretrainModule(lightning.LightningModule):
    """Four losses: a view names its class and finds its own sentence, patches name their parts, words keep a sense.

    Args:
        model: an open_clip CLIP whose image tower is a timm model with mean pooling and a linear projection, so that
            a cell of its map goes through the same projection as the whole.
        tokenizer: open_clip's.
        classes: names in label order.
        validated: how many of them, the first ones, validation names.
        vocabulary: sentences made of all words that training uses. The rows of other tokens are zero and stay so: a
            word that was never trained then says nothing instead of something random.
        mean, std: of the images, as the model's ``preprocess_cfg`` says; the background should come to 0.
        steps: of the whole schedule.
        learning_rate: of vectors and embeddings at its peak.
        matrix_rate: of convolutions and of matrices inside the transformer, whose updates are made orthogonal.
        weight_decay: of matrices.
        warmup: steps.
        decay: of the running average of the weights, which is what is validated and exported.
        instance_weight, part_weight: of the second and third loss.
        anchor_weight: of the pull of views and class sentences to one free vector a class. Two untrained towers
            have nothing to agree on; the vectors give both something to begin with. They are not exported.
        language_weight: of the loss that gives the sense of a teacher to sentences without an image.
        taught_dim: of the teacher's vectors; None without a teacher.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        classes: tuple[str, ...],
        validated: int,
        vocabulary: list[str],
        mean: float,
        std: float,
        steps: int,
        learning_rate: float = 1.5e-3,
        matrix_rate: float = 8e-3,
        weight_decay: float = 0.05,
        warmup: int = 100,
        decay: float = 0.995,
        instance_weight: float = 0.5,
        part_weight: float = 0.5,
        anchor_weight: float = 1.0,
        language_weight: float = 1.0,
        taught_dim: int | None = None,
    ) -> None:
        super().__init__()
        self.model: Any = model
        self.tokenizer = tokenizer
        self.validated = classes[:validated]
        self.steps = steps
        self.learning_rate, self.matrix_rate = learning_rate, matrix_rate
        self.weight_decay, self.warmup = weight_decay, warmup
        self.decay = decay
        self.instance_weight, self.part_weight = instance_weight, part_weight
        self.anchor_weight, self.language_weight = anchor_weight, language_weight
        self.mean, self.std = mean, std
        dim = model.text_projection.shape[1]
        self.anchors = nn.Parameter(torch.randn(len(classes), dim))
        self.sense = nn.Linear(taught_dim, dim, bias=False) if taught_dim else None
        ids = [tokenizer(vocabulary[start : start + 512]) for start in range(0, len(vocabulary), 512)]
        # Padding (0) stands behind the end, where nothing looks at it.
        self.words = torch.cat([torch.zeros(1, dtype=torch.int64), torch.cat(ids).unique()]).unique()
        self.tokens = model.token_embedding.num_embeddings
        self._row_of = torch.zeros(self.tokens, dtype=torch.int64)
        self._row_of[self.words] = torch.arange(len(self.words))
        # Only the rows that are ever used: the optimiser would spend more time on the others than on the model.
        model.token_embedding = nn.Embedding.from_pretrained(
            model.token_embedding.weight.detach()[self.words].clone(), freeze=False
        )
        model.visual.to(memory_format=torch.channels_last)
        self.average: Any = copy.deepcopy(model).requires_grad_(False).eval()

    def text(self, model: nn.Module, sentences: list[str]) -> Tensor:
        """Unit rows, cut to the longest sentence: padding behind it is never attended to."""
        rows = self._row_of[self.tokenizer(sentences)]
        last = len(self.words) - 1  # the end token has the highest number
        return F.normalize(_text_features(model, rows.to(self.device), last), dim=-1)

    def centred(self, images: Tensor) -> Tensor:
        """Depth maps (images, height, width) as three channels with the background at 0."""
        return ((images - self.mean) / self.std).unsqueeze(1).expand(-1, 3, -1, -1)

    def exported(self) -> dict[str, Tensor]:
        """The averaged weights as open_clip has them; rows of words that were never trained are zero."""
        state = {name: value.detach().cpu() for name, value in self.average.state_dict().items()}
        rows = state["token_embedding.weight"]
        table = torch.zeros(self.tokens, rows.shape[1])
        table[self.words[1:]] = rows[1:]
        return {**state, "token_embedding.weight": table}

    def training_step(self, batch: PretrainingBatch, index: int) -> Tensor:
        """The weighted sum of the losses."""
        tower = self.model.visual
        cells = tower.trunk.forward_features(self.centred(batch.images)).flatten(2).transpose(1, 2)
        pooled = F.normalize(tower.head(cells.mean(dim=1)), dim=-1)
        shown = batch.patch_parts >= 0
        patches = F.normalize(tower.head(cells[shown]), dim=-1)
        said = (batch.class_texts, batch.instance_texts, batch.part_texts, batch.language_texts)
        texts = self.text(self.model, [sentence for sentences in said for sentence in sentences])
        classes, instances, parts, language = texts.split([len(sentences) for sentences in said])
        scale = self.model.logit_scale.clamp(max=LARGEST_SCALE).exp()
        named = batch.labels >= 0
        by_class = scale * pooled[named] @ classes.T
        class_loss = F.cross_entropy(by_class, batch.labels[named])
        instance_loss = _matching(scale * pooled @ instances.T, batch.compatible)
        part_loss = part_matching(scale * patches @ parts.T, batch.patch_parts[shown], batch)
        anchors = F.normalize(self.anchors, dim=-1)
        own = torch.arange(len(classes), device=self.device)
        anchor_loss = F.cross_entropy(ANCHOR_SCALE * pooled[named] @ anchors.T, batch.labels[named])
        anchor_loss = anchor_loss + F.cross_entropy(ANCHOR_SCALE * classes @ anchors.T, own)
        loss = class_loss + self.instance_weight * instance_loss + self.part_weight * part_loss
        loss = loss + self.anchor_weight * anchor_loss
        if self.sense is not None:
            language_loss = same_sense(language, self.sense(batch.language_vectors), batch.language_vectors)
            loss = loss + self.language_weight * language_loss
            self.log("train/language_loss", language_loss)
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
        self.follow(min(self.decay, (1 + step) / (10 + step)))

    @torch.no_grad()
    def follow(self, decay: float) -> None:
        """Move the average: so much of it stays, the rest is the model as it is."""
        averaged, current = (
            [*model.parameters(), *_statistics(model)] for model in (self.average, self.model)
        )
        torch._foreach_lerp_(averaged, current, 1 - decay)

    def on_validation_start(self) -> None:
        """One vector a class, the mean over every fifth template."""
        with torch.no_grad():
            sentences = [
                fill(template, name) for name in self.validated for template in depth_templates()[::5]
            ]
            rows = self.text(self.average, sentences).view(
                len(self.validated), -1, self.average.text_projection.shape[1]
            )
            self.class_rows = F.normalize(rows.mean(dim=1), dim=-1)

    def validation_step(self, batch: list[Tensor], index: int, dataloader_idx: int = 0) -> None:
        """Accuracy of the averaged weights, mean logits of all views."""
        images, labels = batch
        side = self.average.visual.image_size[0]
        flat = F.interpolate(
            images.float().flatten(0, 1).unsqueeze(1), size=(side, side), mode="bilinear", align_corners=True
        )
        pooled, _ = image_features(self.average, self.centred(flat[:, 0]))
        logits = (F.normalize(pooled, dim=-1) @ self.class_rows.T).view(*images.shape[:2], -1).mean(dim=1)
        name = ("val/acc", "val/acc_scan")[dataloader_idx]
        right = (logits.argmax(dim=1) == labels).float().mean()
        self.log(name, right, prog_bar=True, add_dataloader_idx=False, batch_size=len(labels), on_epoch=True)

    def _senses(self) -> list[nn.Parameter]:
        return [] if self.sense is None else list(self.sense.parameters())

    def configure_optimizers(self) -> Any:
        """Orthogonal steps for convolutions and inner matrices, AdamW for the rest; warm-up and a cosine for both."""
        matrices: list[Tensor] = []
        others: list[Tensor] = []
        for name, parameter in self.model.named_parameters():
            inner = parameter.ndim == 4 or (parameter.ndim == 2 and "resblocks" in name)
            (matrices if inner else others).append(parameter)
        optimizer = OrthogonalAdamW(
            matrices,
            [*others, self.anchors, *self._senses()],
            self.matrix_rate,
            self.learning_rate,
            self.weight_decay,
        )

        def factor(step: int) -> float:
            if step < self.warmup:
                return (step + 1) / self.warmup
            share = min(1.0, (step - self.warmup) / max(1, self.steps - self.warmup))
            return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * share))

        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def _statistics(model: nn.Module) -> list[Tensor]:
    """Running means and variances. No other buffer: the mean of a mask of infinities is not a number."""
    return [buffer for name, buffer in model.named_buffers() if "running_" in name]


def image_features(model: nn.Module, images: Tensor) -> tuple[Tensor, Tensor]:
    """Pooled (images, dim) and cell features (images, cells, dim) of (images, 3, height, width) in one pass."""
    tower: Any = model.visual
    cells = tower.trunk.forward_features(images).flatten(2).transpose(1, 2)
    patches = tower.head(cells)
    return patches.mean(dim=1), patches


def _text_features(model: Any, tokens: Tensor, end: int) -> Tensor:
    """(sentences, dim). Sentences of like length go together: most are short, and one long one would pad them all."""
    last = (tokens == end).int().argmax(dim=1)
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


def part_matching(logits: Tensor, target: Tensor, batch: PretrainingBatch) -> Tensor:
    """Cells against the part phrases of their own class, and against those of all classes.

    In the second, the same word of another class is not counted as wrong: "leg" alone is true of both. The cells of a
    part count together as the square root of their number, or those of small parts would never matter.

    Args:
        logits: of the cells that show a part, for every part text (cells, part texts).
        target: part text of each of these cells (cells,).
        batch: whose part texts they are.
    """
    if not len(target):
        return logits.sum() * 0.0
    owner, word = batch.part_owner, batch.part_word
    foreign = owner.unsqueeze(0) != owner[target].unsqueeze(1)
    same = (word.unsqueeze(0) == word[target].unsqueeze(1)) & foreign
    within = F.cross_entropy(logits.masked_fill(foreign, -torch.inf), target, reduction="none")
    among = F.cross_entropy(logits.masked_fill(same, -torch.inf), target, reduction="none")
    weight = target.bincount(minlength=len(owner)).float().rsqrt()[target]
    return ((within + 0.5 * among) * weight).sum() / weight.sum()


def same_sense(sentences: Tensor, taught: Tensor, vectors: Tensor) -> Tensor:
    """How far sentences lie to what was taught otherwise than the teacher's vectors lie to each other.

    Args:
        sentences: unit vectors (n, dim) of the text tower.
        taught: the teacher's vectors in the common space (n, dim).
        vectors: the teacher's own unit vectors (n, teacher's dim).
    """
    wanted = (LANGUAGE_SCALE * vectors @ vectors.T).softmax(dim=1)
    logits = LANGUAGE_SCALE * sentences @ F.normalize(taught, dim=-1).T
    return (F.cross_entropy(logits, wanted) + F.cross_entropy(logits.T, wanted)) / 2 - _entropy(wanted)


def _entropy(shares: Tensor) -> Tensor:
    return -(shares * shares.clamp(min=1e-12).log()).sum(dim=1).mean()
