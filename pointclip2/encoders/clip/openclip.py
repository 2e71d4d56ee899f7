"""Any open_clip model as a frozen backbone: depth views and sentences in, unit vectors out."""

import hashlib
import json
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from pointclip2.encoders.clip.scripted import as_tensors
from pointclip2.encoders.clip.tokens import cut_off, tokenizer_of, untrained_words
from pointclip2.encoders.clip.weights import (
    SUFFIXES,
    check_hash,
    file_hash,
    find_weights,
    given_weights,
    hub_folder,
    quiet,
    reason,
)
from pointclip2.reading import read_text
from pointclip2.types import ConfigError, WeightsError

PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
RANDOM = "random"
UNTRAINED = "RANDOM WEIGHTS: this model has learned nothing, its figures are chance"


class OpenClipBackbone(nn.Module):
    """A frozen CLIP. Always in eval mode, never in a checkpoint.

    Args:
        arch: open_clip's model name, ``local-dir:PATH`` with an ``open_clip_config.json``, or ``hf-hub:OWNER/NAME``
            with one in the hub's cache or on the hub. OpenAI, DFN and MetaCLIP weights need the ``-quickgelu`` names.
        pretrained: open_clip's tag of the weights; names the model in results also where ``weights`` is a file.
        image_size: pixels across; another size than the model's own interpolates its position embedding.
        image_mean, image_std: of the pretrained tag; used if ``normalise``. None, as for the size, takes what the
            folder of a ``local-dir:`` or ``hf-hub:`` says.
        normalise: subtract the mean and divide by the deviation. Off for V2's four models: the released program
            does neither.
        weights: a checkpoint file, or ``random`` for seeded random weights (tests and benchmarks only).
        weights_folder: see ``find_weights``.
        download: whether the hub may be asked for weights or tokenizer.
        precision: ``fp32``, ``bf16`` or ``fp16`` (the latter on a GPU only).
        sha256: of the weights; another file is refused. None accepts any.
        batch: images or sentences a forward pass.

    Raises:
        ConfigError, WeightsError: one line each.
    """

    def __init__(
        self,
        arch: str,
        pretrained: str,
        image_size: int | None,
        image_mean: Sequence[float] | None,
        image_std: Sequence[float] | None,
        normalise: bool = True,
        weights: str | None = None,
        weights_folder: str = "data/weights",
        download: bool = False,
        precision: str = "fp32",
        sha256: str | None = None,
        batch: int = 64,
    ) -> None:
        super().__init__()
        if precision not in PRECISIONS:
            raise ConfigError(f"backbone.precision={precision!r}: choose one of {', '.join(PRECISIONS)}")
        self.arch = arch
        self.id = f"{Path(arch).name if ':' in arch else arch}.{pretrained}"
        source = arch
        if arch.startswith("hf-hub:"):
            source = f"local-dir:{hub_folder(arch.removeprefix('hf-hub:'), weights is None, download)}"
        self.architecture = _architecture(source)
        image_size, image_mean, image_std = _preprocessing(
            source, image_size, image_mean, image_std, normalise
        )
        self.image_size = image_size
        self.normalise = normalise
        self.precision = precision
        self.batch = batch
        self.trained = weights != RANDOM
        self.trained_on = "" if self.trained else UNTRAINED
        with warnings.catch_warnings(), nullcontext() if download else _offline():
            warnings.simplefilter("ignore")
            model, self.weights_hash = self._load(
                source, pretrained, weights, weights_folder, download, sha256
            )
            self.tokenizer = tokenizer_of(arch, self.architecture, download)
        # Before the weights lose digits: in bfloat16 OpenAI's 100 would be 99.
        self.logit_scale = float(model.logit_scale.detach().exp())
        # Any: open_clip's towers have attributes that nn.Module does not declare.
        self.model: Any = model.to(PRECISIONS[precision]).requires_grad_(False).eval()
        self.model.visual.to(memory_format=torch.channels_last)  # a fifth faster for the built-in model
        mean, std = (torch.tensor(values).view(1, -1, 1, 1) for values in (image_mean, image_std))
        self.register_buffer("image_mean", mean, persistent=False)
        self.register_buffer("image_std", std, persistent=False)

    image_mean: Tensor
    image_std: Tensor
    logit_scale: float
    """Factor of the cosine that the model was trained with (100 for OpenAI's)."""

    def _load(
        self, arch: str, tag: str, weights: str | None, folder: str, download: bool, sha256: str | None
    ) -> tuple[Any, str]:
        import open_clip

        import pointclip2.encoders.clip.depth_tower  # noqa: F401  registers the built-in model's tower with timm

        options: dict[str, Any] = {
            "force_image_size": self.image_size,
            "pretrained_image": False,
            "pretrained_text": False,
            "load_weights": False,
        }
        if arch.startswith("local-dir:"):
            path = _checkpoint_in(Path(arch.removeprefix("local-dir:")).expanduser(), weights)
        else:
            _check_name(arch, tag)
            if weights != RANDOM:
                path = find_weights(arch, tag, weights, folder, download)
        if weights != RANDOM and sha256 is not None:
            check_hash(path, sha256)
        try:
            with torch.random.fork_rng(devices=[]), quiet():
                torch.manual_seed(0)
                model = open_clip.create_model(arch, **options)
                if weights == RANDOM:
                    return model, hashlib.sha256(f"random weights of {arch}, seed 0".encode()).hexdigest()
                with as_tensors(path) as tensors:
                    open_clip.load_checkpoint(model, str(tensors), weights_only=True)
        except Exception as error:  # open_clip and torch raise many kinds for a foreign or torn file
            what = "the model" if weights == RANDOM else str(path)
            raise WeightsError(f"{arch}: cannot load {what}: {reason(error)}") from error
        return model, file_hash(path)

    def train(self, mode: bool = True) -> "OpenClipBackbone":
        """Stays in eval mode whatever is asked: dropout and batch statistics must not depend on a trainer."""
        return super().train(False)

    def state_dict(self, *args: Any, destination: Any = None, **kwargs: Any) -> Any:
        """Nothing: a frozen model does not belong in checkpoints."""
        return destination if destination is not None else {}

    def describe(self) -> dict[str, Any]:
        """What decides the features, as plain data: for cache keys and results."""
        return {
            "id": self.id,
            "architecture": self.architecture,
            "weights_hash": self.weights_hash,
            "precision": self.precision,
            "image_size": self.image_size,
            "image_mean": self.image_mean.flatten().tolist() if self.normalise else None,
            "image_std": self.image_std.flatten().tolist() if self.normalise else None,
        }

    @property
    def dim(self) -> int:
        """Length of the feature vectors."""
        return int(self.encode_text(["x"]).shape[1])

    def prepare_images(
        self,
        images: Float[Tensor, "images height width"] | Float[Tensor, "images 3 height width"],
        size_px: int | None = None,
    ) -> Float[Tensor, "images 3 size size"]:
        """Return views as the model wants them: resized (bilinear, corners aligned), in three channels.

        ``size_px`` is another side than the model's own, for dense features.
        """
        batch = (images.unsqueeze(1) if images.ndim == 3 else images).float()
        side = size_px or self.image_size
        if batch.shape[-1] != side or batch.shape[-2] != side:
            batch = F.interpolate(batch, size=(side,) * 2, mode="bilinear", align_corners=True)
        batch = batch.expand(-1, 3, -1, -1)
        return (batch - self.image_mean) / self.image_std if self.normalise else batch

    @torch.no_grad()
    def encode_views(
        self, images: Float[Tensor, "batch views height width"] | Float[Tensor, "batch views 3 height width"]
    ) -> Float[Tensor, "batch views dim"]:
        """Return a unit vector for every view, grey or in colour."""
        self.check_device()
        flat = images.flatten(0, 1)
        features = [self._encode(part) for part in flat.split(self.batch)]
        return F.normalize(torch.cat(features), dim=-1).view(*images.shape[:2], -1)

    def _encode(self, images: Tensor) -> Tensor:
        prepared = self.prepare_images(images).to(PRECISIONS[self.precision])
        return self.model.encode_image(prepared).float()

    def encode_images(self, images: Float[Tensor, "images 3 height width"]) -> Float[Tensor, "images dim"]:
        """Unit feature vectors of images in three channels, with gradients to the images: what learns sits before.

        Prepared like depth maps; the weights stay frozen.
        """
        self.check_device()
        if images.shape[-2:] != (self.image_size, self.image_size):
            images = F.interpolate(images, size=(self.image_size,) * 2, mode="bilinear", align_corners=True)
        if self.normalise:
            images = (images - self.image_mean) / self.image_std
        features = self.model.encode_image(images.to(PRECISIONS[self.precision])).float()
        return F.normalize(features, dim=-1)

    @torch.no_grad()
    def encode_text(self, sentences: list[str]) -> Float[Tensor, "sentences dim"]:
        """Unit feature vectors of sentences; what does not fit the model's context is cut off."""
        self.check_device()
        device = self.image_mean.device
        parts = [sentences[start : start + self.batch] for start in range(0, len(sentences), self.batch)]
        features = [self.model.encode_text(self.tokenizer(part).to(device)).float() for part in parts]
        return F.normalize(torch.cat(features), dim=-1)

    def cut_sentences(self, sentences: Sequence[str]) -> list[str]:
        """Return the sentences that are longer than the model's context, so that their end is not read."""
        return cut_off(self.tokenizer, sentences)

    @property
    def context_length(self) -> int:
        """How many tokens of a sentence are read, its start and its end among them."""
        return int(self.tokenizer.context_length)

    def unread_words(self, names: Sequence[str]) -> list[str]:
        """Return the words of some names that the model was not trained on, as far as its weights tell.

        The built-in model tells: what it never read has no vector. Others give an empty list.
        """
        return untrained_words(self.model, self.tokenizer, names)

    def check_device(self) -> None:
        """Refuse half precision where it does not run.

        Raises:
            ConfigError: fp16 on a CPU.
        """
        if self.precision == "fp16" and self.image_mean.device.type == "cpu":
            raise ConfigError("backbone.precision=fp16 needs a GPU: use fp32 or bf16 on a CPU")


def _preprocessing(
    arch: str,
    size: int | None,
    mean: Sequence[float] | None,
    std: Sequence[float] | None,
    normalise: bool,
) -> tuple[int, Sequence[float], Sequence[float]]:
    """Size, mean and deviation: those asked for, else those of a local folder's own configuration.

    Never OpenAI's by default: with another model's weights they cost accuracy in silence.

    Raises:
        ConfigError: something is neither asked for nor written there.
    """
    own: dict[str, Any] = {}
    path = Path(arch.removeprefix("local-dir:")).expanduser() / "open_clip_config.json"
    if arch.startswith("local-dir:") and path.is_file():
        try:
            content = json.loads(read_text(path))
            _check_code(content)
            vision = content["model_cfg"]["vision_cfg"]
            own = {"image_size": vision.get("image_size"), **content.get("preprocess_cfg", {})}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ConfigError(f"{path}: not an open_clip configuration ({reason(error)})") from error
    size = own.get("image_size") if size is None else size
    mean, std = own.get("mean") if mean is None else mean, own.get("std") if std is None else std
    if not normalise:
        mean, std = mean or (0.0,) * 3, std or (1.0,) * 3
    asked = {"image_size": size, "image_mean": mean, "image_std": std}
    missing = [name for name, value in asked.items() if value is None]
    if size is None or mean is None or std is None:
        raise ConfigError(
            f"{arch}: give {' and '.join(f'backbone.{name}' for name in missing)}, as the model was trained"
        )
    return size, mean, std


def _check_code(content: Any) -> None:
    """Refuse a configuration that asks for a tokenizer's own code, as Hugging Face's library would run it."""
    if isinstance(content, dict):
        if "trust_remote_code" in content:
            raise ConfigError(
                "open_clip_config.json asks to trust the code of its tokenizer: no model's code is run"
            )
        content = list(content.values())
    for part in content if isinstance(content, list) else ():
        _check_code(part)


def _checkpoint_in(folder: Path, weights: str | None) -> Path:
    """The weights beside a local config."""
    if not (folder / "open_clip_config.json").is_file():
        raise WeightsError(f"{folder}: no open_clip_config.json; backbone.arch=local-dir:FOLDER needs one")
    if weights == RANDOM:
        return folder
    if weights is not None:
        return given_weights(weights, str(folder))
    found = [path for suffix in SUFFIXES for path in sorted(folder.glob(f"*{suffix}")) if path.is_file()]
    named = [path for path in found if path.stem.startswith("open_clip")]
    if not found:
        raise WeightsError(f"{folder}: no weights; put open_clip_model.safetensors there")
    return (named or found)[0]


def _architecture(arch: str) -> str:
    """What the weights are poured into: the name of a known model, or the digest of a folder's configuration."""
    if not arch.startswith("local-dir:"):
        return arch
    path = Path(arch.removeprefix("local-dir:")).expanduser() / "open_clip_config.json"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else arch


def _check_name(arch: str, tag: str) -> None:
    """Refuse a name that open_clip does not know, or one with another activation than the weights were trained with."""
    import open_clip

    if arch not in open_clip.list_models():
        raise ConfigError(f"backbone.arch={arch}: open_clip knows no such model; see open_clip.list_models()")
    wanted = (open_clip.get_pretrained_cfg(arch, tag) or {}).get("quick_gelu", False)
    if wanted and not (open_clip.get_model_config(arch) or {}).get("quick_gelu", False):
        raise ConfigError(f"backbone.arch={arch}: the weights {tag!r} were trained with {arch}-quickgelu")


@contextmanager
def _offline() -> Iterator[None]:
    """The hub is not asked for anything: tokenizers would otherwise be downloaded unasked."""
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before
