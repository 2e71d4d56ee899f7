"""Where the training of the built-in model begins: patches that are seen, placed and near each other.

A small vision transformer with the usual random start learned next to nothing from its first ten thousand depth
views; with these three it does. All of it is ordinary weights.
"""

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def whiten_patches(model: nn.Module, images: Tensor) -> None:
    """Begin with the principal components of patches, each with about unit variance.

    Grey patches differ mostly in their mean; under random kernels all of them look alike.

    Args:
        model: with one kernel a patch and three equal input channels.
        images: (n, size, size), background 0.
    """
    conv: Any = model.visual.conv1  # type: ignore[union-attr]
    position: Tensor = model.visual.positional_embedding  # type: ignore[union-attr, assignment]
    side, width = conv.kernel_size[0], conv.out_channels
    with torch.no_grad():
        patches = F.unfold(images.unsqueeze(1), side, stride=side).transpose(1, 2).reshape(-1, side * side)
        patches = patches[patches.std(dim=1) > 1e-3]
        mean = patches.mean(dim=0)
        variance, directions = torch.linalg.eigh((patches - mean).T @ (patches - mean) / len(patches))
        variance, directions = variance.flip(0)[:width], directions.flip(1)[:, :width]
        kernels = (directions / (variance + 0.01 * variance[0]).sqrt()).T
        conv.weight.copy_(kernels.view(width, 1, side, side).expand(-1, 3, -1, -1) / 3)
        position[1:] -= kernels @ mean


def place_patches(model: nn.Module) -> None:
    """Begin with a position embedding as strong as the patches: waves of row and column.

    open_clip's own start is some fifteen times weaker than an untrained patch, which then does not know where it is.
    """
    position: Tensor = model.visual.positional_embedding  # type: ignore[union-attr, assignment]
    rows, columns = model.visual.grid_size  # type: ignore[union-attr, misc]
    waves = position.shape[1] // 4
    frequency = torch.exp(-math.log(100.0) * torch.arange(waves) / waves)
    row, column = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    angles = [place.flatten().unsqueeze(1) * frequency for place in (row, column)]
    with torch.no_grad():
        position[1:, : 4 * waves] += torch.cat(
            [wave(angle) for angle in angles for wave in (torch.sin, torch.cos)], dim=1
        )


def begin_local(model: nn.Module) -> None:
    """Begin with attention as trained vision transformers have it: queries near keys, values near their own negative.

    With waves as positions, patches then attend to their neighbours from the first step on, which saves a small
    transformer from having to find out what an image is (mimetic initialisation, Trockman and Kolter 2023).
    """
    for block in model.visual.transformer.resblocks:  # type: ignore[union-attr]
        attention: Any = block.attn
        width, head = attention.embed_dim, attention.embed_dim // attention.num_heads
        with torch.no_grad():
            query, key, value = attention.in_proj_weight.chunk(3)
            for start in range(0, width, head):
                rows = slice(start, start + head)
                near = 0.7 * torch.eye(width) + 0.7 * torch.randn(width, width) / math.sqrt(width)
                left, strength, right = torch.linalg.svd(near)
                root = strength[:head].sqrt().unsqueeze(1)
                query[rows] = root * left[:, :head].T
                key[rows] = root * right[:head]
            own = 0.4 * torch.randn(width, width) / math.sqrt(width) - 0.4 * torch.eye(width)
            left, strength, right = torch.linalg.svd(own)
            value.copy_(strength.sqrt().unsqueeze(1) * right)
            attention.out_proj.weight.copy_(left * strength.sqrt())
