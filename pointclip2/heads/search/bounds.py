"""Find shapes whose prediction no weights of a grid can change, and classes that can never win.

A margin is the true class's fused logit minus a rival's. It is linear in the weights, and every free view takes its
weight independently. So a margin's extremes over the whole grid are sums of the extremes of each view:
``max_w sum_v w_v m_v = sum_v max(lowest_v m_v, highest_v m_v)``.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Float64, Int64
from torch import Tensor

from pointclip2.heads.search.candidates import Candidates

SLACK = 1e-12
"""Relative rounding error of a sum of some tens of products in double precision, with room to spare."""
BUDGET = 1 << 22
"""The most numbers held at once."""


@dataclass(frozen=True)
class Decision:
    """Divides a split into shapes settled for every candidate and the pairs of shape and rival that are not."""

    right: int
    """Number of shapes that every candidate gets right."""
    wrong: int
    """Number of shapes that every candidate gets wrong."""
    margins: Float64[Tensor, "views pairs"]
    """The true class's logit minus the rival's, for shapes that are neither."""
    strict: Bool[Tensor, " pairs"]
    """Whether the rival has the lower class index, and so wins a tie."""
    shape: Int64[Tensor, " pairs"]
    """Number of the undecided shape that a pair belongs to, 0, 1, 2, ... in order."""

    @property
    def undecided(self) -> int:
        """Return how many shapes are neither right nor wrong for all candidates."""
        return int(self.shape[-1]) + 1 if len(self.shape) else 0


def decide(
    logits: Float[Tensor, "views batch classes"], labels: Int64[Tensor, " batch"], grid: Candidates
) -> Decision:
    """Settle what can be settled for all candidates at once, exactly."""
    views, batch, classes = logits.shape
    right = wrong = 0
    shapes, rivals = [], []
    step = max(1, BUDGET // (views * classes))
    for start in range(0, batch, step):
        part = logits[:, start : start + step].double()
        label = labels[start : start + step]
        own = label[None, :, None].expand(views, -1, 1)
        least, most, slack = extremes(part.gather(2, own) - part, grid)
        rival = least <= slack
        rival.scatter_(1, label[:, None], False)
        lost, open_ = (most < -slack).any(dim=1), rival.any(dim=1)
        wrong += int(lost.sum())
        right += int((~open_ & ~lost).sum())
        left = (open_ & ~lost).nonzero()[:, 0]
        shapes.append(left + start)
        rivals.append(rival[left])
    shape, rival = torch.cat(shapes), torch.cat(rivals)
    row, column = undominated(logits, shape, rival, grid).nonzero().unbind(dim=1)
    label = labels[shape[row]]
    margins = logits[:, shape[row], label].double() - logits[:, shape[row], column].double()
    return Decision(right, wrong, margins, column < label, row)


def extremes(
    margins: Float64[Tensor, "views *rest"], grid: Candidates
) -> tuple[Float64[Tensor, "*rest"], Float64[Tensor, "*rest"], Float64[Tensor, "*rest"]]:
    """Return the least and the most that weighted margins can be on the grid, and their possible rounding error."""
    gain, loss = margins.clamp(min=0), margins.clamp(max=0)
    least = torch.tensordot(grid.lowest, gain, 1) + torch.tensordot(grid.highest, loss, 1)
    most = torch.tensordot(grid.highest, gain, 1) + torch.tensordot(grid.lowest, loss, 1)
    return least, most, SLACK * torch.tensordot(grid.highest, gain - loss, 1)


def undominated(
    logits: Float[Tensor, "views batch classes"],
    shape: Int64[Tensor, " left"],
    rival: Bool[Tensor, "left classes"],
    grid: Candidates,
) -> Bool[Tensor, "left classes"]:
    """Keep of ``rival`` only those that no other rival of the same shape beats under every candidate."""
    kept = torch.zeros_like(rival)
    views, counts = len(logits), rival.sum(dim=1)
    for count in counts.unique().tolist():
        rows = (counts == count).nonzero()[:, 0]
        columns = rival[rows].nonzero()[:, 1].view(len(rows), count)
        step = max(1, BUDGET // (views * count * count))
        for row, column in zip(rows.split(step), columns.split(step), strict=True):
            part = logits[:, shape[row]].double().gather(2, column[None].expand(views, -1, -1))
            least, _, slack = extremes(part[..., :, None] - part[..., None, :], grid)
            kept[row] = kept[row].scatter(1, column, ~(least > slack).any(dim=1))
    return kept
