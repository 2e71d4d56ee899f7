"""What each kind of image tower says about single cells: native vision transformers, convolutional towers, timm's."""

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from pointclip2.encoders.clip.openclip import PRECISIONS, OpenClipBackbone
from pointclip2.types import ConfigError


@dataclass(frozen=True)
class LastBlock:
    """What becomes of the last block; the fields are explained in `DenseEncoder`."""

    attention: str = "plain"
    locality: float = 0.0
    residual: bool = True
    feed_forward: bool = True

    @property
    def as_trained(self) -> bool:
        """Whether nothing is changed."""
        return self == LastBlock()


def tower_maps(
    backbone: OpenClipBackbone, prepared: Float[Tensor, "images 3 size size"], last: LastBlock
) -> Float[Tensor, "images rows columns dim"]:
    """Cells of prepared images, projected into the space of texts, float32, not normalised.

    Raises:
        ConfigError: the tower has no dense features or not this variant.
    """
    tower: Any = backbone.model.visual
    prepared = prepared.to(PRECISIONS[backbone.precision])
    if isinstance(getattr(tower, "transformer", None), nn.Module) and hasattr(tower.transformer, "resblocks"):
        return _transformer_maps(backbone.id, tower, prepared, last).float()
    if hasattr(tower, "attnpool") and hasattr(tower, "layer4"):
        return _resnet_maps(backbone.id, tower, prepared, last).float()
    if hasattr(tower, "trunk"):
        if not last.as_trained:
            raise ConfigError(
                f"{backbone.id}: its last block cannot be changed here; use dense=plain, "
                "or a native vision transformer, say backbone=vit_b16"
            )
        return _timm_maps(backbone.id, tower, prepared).float()
    raise _none(backbone.id, "an image tower of an unknown kind")


def _none(name: str, why: str) -> ConfigError:
    return ConfigError(f"{name}: no dense features ({why}); choose another backbone, say vit_b16")


def _transformer_maps(name: str, tower: Any, images: Tensor, last: LastBlock) -> Tensor:
    if getattr(tower, "attn_pool", None) is not None or not isinstance(getattr(tower, "proj", None), Tensor):
        raise _none(name, "its pooling is attention with queries of its own")
    tokens, rows, columns = _embedded(name, tower, images)
    *blocks, final = tower.transformer.resblocks
    for block in blocks:
        tokens = block(tokens)
    if last.as_trained:
        tokens = final(tokens)
    elif isinstance(getattr(final, "attn", None), nn.MultiheadAttention):
        tokens = _changed_block(final, tokens, last, rows, columns)
    else:
        raise ConfigError(f"{name}: its last block has an attention of its own kind; use dense=plain")
    cells = tower.ln_post(tokens)[:, 1:] @ tower.proj
    return cells.unflatten(1, (rows, columns))


def _embedded(name: str, tower: Any, images: Tensor) -> tuple[Tensor, int, int]:
    """Tokens before the first block, the class token first; for other sizes with interpolated positions."""
    patch_y, patch_x = tower.patch_size
    if images.shape[-2] % patch_y or images.shape[-1] % patch_x:
        raise ConfigError(
            f"{name}: dense.size_px={images.shape[-1]} is not a multiple of its patches of {patch_x} px"
        )
    rows, columns = images.shape[-2] // patch_y, images.shape[-1] // patch_x
    x = tower.conv1(images).flatten(2).transpose(1, 2)
    position = tower.positional_embedding
    if (rows, columns) != tuple(tower.grid_size):
        grid = position[1:].float().view(1, *tower.grid_size, -1).permute(0, 3, 1, 2)
        # As open_clip does when it loads a model at another size.
        grid = F.interpolate(grid, size=(rows, columns), mode="bicubic", antialias=True, align_corners=False)
        position = torch.cat([position[:1], grid.permute(0, 2, 3, 1).flatten(0, 2).to(position.dtype)])
    lead = tower.class_embedding.to(x.dtype).expand(len(x), 1, -1)
    return tower.ln_pre(torch.cat([lead, x], dim=1) + position.to(x.dtype)), rows, columns


def _changed_block(block: Any, tokens: Tensor, last: LastBlock, rows: int, columns: int) -> Tensor:
    attention = block.attn
    heads = attention.num_heads
    packed = F.linear(block.ln_1(tokens), attention.in_proj_weight, attention.in_proj_bias)
    query, key, value = (part.unflatten(-1, (heads, -1)).transpose(1, 2) for part in packed.chunk(3, dim=-1))
    if last.attention == "value":
        mixed = value
    else:
        left, right = {"plain": (query, key), "query": (query, query), "key": (key, key)}[last.attention]
        logits = left @ right.transpose(-1, -2) * left.shape[-1] ** -0.5
        if last.locality:
            logits = logits + _window(rows, columns, last.locality).to(logits)
        mixed = logits.softmax(dim=-1) @ value
    mixed = block.ls_1(attention.out_proj(mixed.transpose(1, 2).flatten(2)))
    tokens = tokens + mixed if last.residual else mixed
    return tokens + block.ls_2(block.mlp(block.ln_2(tokens))) if last.feed_forward else tokens


def _window(rows: int, columns: int, sigma: float) -> Float[Tensor, "tokens tokens"]:
    """1 at a cell itself, falling with the distance between cells; 0 from and to the class token."""
    place = torch.cartesian_prod(torch.arange(float(rows)), torch.arange(float(columns))).view(-1, 2)
    near = torch.exp(-torch.cdist(place, place).square() / (2 * sigma**2))
    return F.pad(near, (1, 0, 1, 0))


def _resnet_maps(name: str, tower: Any, images: Tensor, last: LastBlock) -> Tensor:
    """CLIP's own ResNets: their attention pooling is linear only along its value path."""
    if last.attention != "value":
        raise ConfigError(
            f"{name}: no dense features but the value path of its attention pooling; use dense=maskclip"
        )
    x = tower.stem(images)
    for layer in (tower.layer1, tower.layer2, tower.layer3, tower.layer4):
        x = layer(x)
    pool = tower.attnpool
    return pool.c_proj(pool.v_proj(x.permute(0, 2, 3, 1)))


def _timm_maps(name: str, tower: Any, images: Tensor) -> Tensor:
    """Every cell through the tower's own pooling and projection as if it were the only one.

    Where pooling is a mean and what follows is linear, their mean over the cells is the pooled feature; a norm in
    between is then taken of every cell.
    """
    pools = [*tower.head.modules(), *_pools(tower.trunk)]
    if any("attention" in type(module).__name__.lower() for module in pools):
        raise _none(name, "its pooling is attention")
    try:
        features = tower.trunk.forward_features(images)
    except (AssertionError, RuntimeError) as error:
        raise ConfigError(
            f"{name}: its tower takes no images of {images.shape[-1]} px ({' '.join(str(error).split())[:120]}); "
            "leave dense.size_px at null"
        ) from error
    if features.ndim == 4 and features.shape[1] == tower.trunk.num_features:
        rows, columns = features.shape[2:]
        cells = features.permute(0, 2, 3, 1).flatten(0, 2)[:, :, None, None]
    elif features.ndim == 3 and hasattr(tower.trunk, "num_prefix_tokens"):
        prefix = tower.trunk.num_prefix_tokens
        rows, columns = tower.trunk.patch_embed.grid_size
        if features.shape[1] - prefix != rows * columns:
            raise _none(name, "its tokens are no grid of cells")
        # Alone behind copies of itself: a class token is then the cell, and a mean without the prefix is, too.
        cells = features[:, prefix:].flatten(0, 1).unsqueeze(1).expand(-1, prefix + 1, -1)
    else:
        raise _none(name, f"its features have the shape {tuple(features.shape)}")
    projected = tower.head(tower.trunk.forward_head(cells))
    return projected.view(len(images), rows, columns, -1)


def _pools(trunk: Any) -> list[nn.Module]:
    """What stands between a timm model's features and its output."""
    named = [getattr(trunk, name, None) for name in ("attn_pool", "global_pool", "head")]
    return [inner for module in named if isinstance(module, nn.Module) for inner in module.modules()]
