"""An optimiser with two kinds of steps: orthogonal ones for matrices and convolutions, AdamW's for the rest."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor


class OrthogonalAdamW(torch.optim.AdamW):
    """One optimiser, so that one schedule and one checkpoint hold both.

    The update of a matrix is its momentum with all singular values made about 1 (Muon, Jordan 2024), scaled so that
    learning rates mean what they mean for AdamW (root mean square 0.2). A convolution is a matrix of outputs by inputs
    and places.

    Args:
        matrices, others: parameters.
        matrix_rate, rate: their learning rates.
        weight_decay: of the matrices.
    """

    def __init__(
        self,
        matrices: Iterable[Tensor],
        others: Iterable[Tensor],
        matrix_rate: float,
        rate: float,
        weight_decay: float,
    ) -> None:
        groups: list[dict[str, Any]] = [
            {"params": list(matrices), "lr": matrix_rate, "weight_decay": weight_decay, "orthogonal": True},
            {"params": list(others), "lr": rate, "weight_decay": 0.0, "orthogonal": False},
        ]
        super().__init__(groups, betas=(0.9, 0.98))

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step of both kinds."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            if group["orthogonal"]:
                self._orthogonal(group)
        super().step()
        return loss

    @torch.no_grad()
    def _orthogonal(self, group: dict[str, Any]) -> None:
        by_shape: dict[tuple[int, ...], list[Tensor]] = {}
        for parameter in group["params"]:
            if parameter.grad is not None:
                rows = parameter.shape[0]
                by_shape.setdefault((rows, parameter.numel() // rows), []).append(parameter)
        for (rows, columns), parameters in by_shape.items():
            momenta = []
            for parameter in parameters:
                state = self.state[parameter]
                if not state:
                    # AdamW asks every state for its step when it is loaded.
                    state.update(step=torch.zeros(()), momentum=torch.zeros_like(parameter))
                state["momentum"].lerp_(parameter.grad, 0.05)
                gradient = parameter.grad
                assert gradient is not None
                momenta.append(torch.lerp(gradient, state["momentum"], 0.95))
                parameter.grad = None  # AdamW passes over it
            flat = torch.stack([momentum.reshape(rows, columns) for momentum in momenta])
            updates = orthogonal(flat) * (0.2 * max(rows, columns) ** 0.5)
            for parameter, update in zip(parameters, updates, strict=True):
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                parameter.add_(update.view_as(parameter), alpha=-group["lr"])


def orthogonal(matrices: Tensor) -> Tensor:
    """(n, rows, columns) with singular values of about 1: five steps of a quintic Newton-Schulz iteration."""
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.mT if tall else matrices
    x = x / x.flatten(1).norm(dim=1).clamp(min=1e-12).view(-1, 1, 1)
    for _ in range(5):
        square = x @ x.mT
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return x.mT if tall else x
