"""Fit what tells which way up objects stand, on procedural shapes: ``python -m pointclip2.worlds.standing``.

The shapes are clean, worn and partly scanned, of all classes of the world. Which of the six directions is which does
not matter to `pointclip2.geometry.standing`, so that none of them has to be turned.
"""

import argparse
import sys
from hashlib import blake2b
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor, nn

from pointclip2.data.corruption import any_heading
from pointclip2.data.prepare import stable_seed
from pointclip2.geometry.standing import CLIPPED, POINTS, WEIGHTS, network, standing_features
from pointclip2.worlds.shapes.classes import make_shape, select
from pointclip2.worlds.shapes.world import sample_shape

CLASSES = select("all")
WEARS = ("none",) * 10 + ("noise",) * 3 + ("occlusion",) * 3 + ("scan",) * 3 + ("partial",)
"""How often each kind of wear is drawn."""
TURNED = 0.35
"""Share of the shapes that do not stand along the axes."""
STRETCHED = 0.25
"""Logarithm of the largest factor that an axis of a copy is stretched by."""


def example(name: str, split: str, number: int) -> NDArray[np.float32]:
    """Return what is seen of a shape and of a stretched copy (2, 6, features); y is up."""
    rng = np.random.default_rng(stable_seed(f"standing/{split}/{name}/{number}"))
    shape = make_shape(name, rng)
    wear = WEARS[rng.integers(len(WEARS))]
    points, _, _ = sample_shape(shape, POINTS, "mixed" if rng.random() < 0.5 else "mesh", wear, rng)
    turned = points.astype(np.float64)
    if rng.random() < TURNED:
        turned = turned @ any_heading(rng).T
    copies = (turned, turned * np.exp(rng.uniform(-STRETCHED, STRETCHED, 3)))
    return np.stack([standing_features(copy) for copy in copies]).astype(np.float32)


def examples(split: str, per_class: int, processes: int) -> Tensor:
    """Return what is seen of the shapes of a split (shapes, 2, 6, features)."""
    work = [(name, split, number) for number in range(per_class) for name in CLASSES]
    with get_context("spawn").Pool(processes) as pool:
        found = pool.starmap(example, work, chunksize=16)
    return torch.from_numpy(np.stack(found))


class Standing(nn.Module):
    """One network of `pointclip2.geometry.standing.network`, to be fitted."""

    def __init__(self, features: int, width: int = 64, compared: int = 32, dropout: float = 0.2) -> None:
        super().__init__()
        self.first = nn.Linear(features, width)
        self.second = nn.Linear(3 * width, compared)
        self.last = nn.Linear(compared, 1, bias=False)
        self.dropout = nn.Dropout(dropout)

    def forward(self, seen: Tensor) -> Tensor:
        """Return a score for each direction."""
        hidden = self.first(seen).relu()
        opposite = hidden.roll(3, dims=-2)
        sides = (hidden.sum(dim=-2, keepdim=True) - hidden - opposite) / 4
        compared = self.second(self.dropout(torch.cat([hidden, opposite, sides], dim=-1))).relu()
        scores: Tensor = self.last(self.dropout(compared)).squeeze(-1)
        return scores


SEEDS = 3
"""Networks whose mean is taken."""


def fit_all(seen: Tensor) -> dict[str, Tensor]:
    """Return the weights of a few networks side by side (networks, ...), and the mean and scale of the features."""
    fitted = [fit(seen, seed=seed) for seed in range(SEEDS)]
    shared = {name: fitted[0][name] for name in ("mean", "scale")}
    return {
        name: (shared[name] if name in shared else torch.stack([one[name] for one in fitted])).half()
        for name in fitted[0]
    }


def fit(seen: Tensor, epochs: int = 30, batch: int = 256, seed: int = 0) -> dict[str, Tensor]:
    """Return the network's weights by name, and the mean and scale of the features (shapes, copies, 6, features)."""
    torch.manual_seed(seed)
    flat = seen.flatten(0, 1)
    mean, scale = flat.mean(dim=(0, 1)), flat.std(dim=(0, 1)) + 1e-6
    flat = ((flat - mean) / scale).clamp(-CLIPPED, CLIPPED)
    model = Standing(flat.shape[-1])
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=1e-2)
    steps = epochs * -(-len(flat) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 6e-3, total_steps=steps)
    for _ in range(epochs):
        for rows in torch.randperm(len(flat)).split(batch):
            noisy = flat[rows] + 0.1 * torch.randn_like(flat[rows])
            # y, the first direction, is up.
            loss = F.cross_entropy(model(noisy), torch.zeros(len(rows), dtype=torch.int64))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return {"mean": mean, "scale": scale, **model.state_dict()}


def right(weights: dict[str, Tensor], seen: Tensor) -> float:
    """Return the share of shapes, not stretched, whose up is found."""
    arrays = {name: value.double().numpy() for name, value in weights.items()}
    found = [network(one, arrays).argmax() == 0 for one in seen[:, 0].double().numpy()]
    return float(np.mean(found))


def main(arguments: list[str] | None = None) -> int:
    """Make shapes, fit, say how well it does on shapes that it has not seen, and write the weights."""
    parser = argparse.ArgumentParser(prog="python -m pointclip2.worlds.standing", description=__doc__)
    parser.add_argument("--per-class", type=int, default=300, help="shapes of each class")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "assets" / WEIGHTS)
    options = parser.parse_args(arguments)
    weights = fit_all(examples("train", options.per_class, options.processes))
    held_out = examples("val", max(1, options.per_class // 12), options.processes)
    found = 100 * right(weights, held_out)
    print(f"up is right for {found:.1f} % of {len(held_out)} shapes of the split val")
    save_file(weights, options.out, metadata={"made_by": "python -m pointclip2.worlds.standing"})
    digest = blake2b(options.out.read_bytes(), digest_size=8).hexdigest()
    print(f'weights: {options.out}; write FITTED = "{digest}" in pointclip2/geometry/standing.py')
    return 0


if __name__ == "__main__":
    sys.exit(main())
