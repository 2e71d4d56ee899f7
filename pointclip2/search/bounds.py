"""Shapes whose prediction no weights of a grid can change, and classes that can never win.

A margin, the true class's fused logit less a rival's, is linear in the weights, and every free view takes its weight
on its own. So a margin's extremes over the whole grid are sums of extremes a view:
``max_w sum_v w_v m_v = sum_v max(lowest_v m_v, highest_v m_v)``.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Float64, Int64
from torch import Tensor

from pointclip2.search.candidates import Candidates

SLACK = 1e-12
"""Relative rounding of a sum of some tens of products in double precision, with room to spare."""
BUDGET = 1 << 22
"""Numbers held at once."""


@dataclass(frozen=True)
class Undecided:
    """Shapes that have equally many rivals left, and their margins.

    Rivals are as many columns as the neediest shape has; a shape with fewer has its first one again.
    """

    margins: Float64[Tensor, "views rivals batch"]
    strict: Bool[Tensor, "rivals batch"]
    """Whether the rival has the lower class index, and so wins a tie."""


@dataclass(frozen=True)
class Decision:
    """A split, cut into what is settled for every candidate and what is not."""

    right: int
    """Shapes that every candidate gets right."""
    wrong: int
    """Shapes that every candidate gets wrong."""
    groups: list[Undecided]

    @property
    def pairs(self) -> int:
        """Margins that have to be computed for a candidate."""
        return sum(group.strict.numel() for group in self.groups)


def decide(
    logits: Float[Tensor, "views batch classes"], labels: Int64[Tensor, " batch"], grid: Candidates
) -> Decision:
    """Settle what can be settled for all candidates at once, exactly."""
    views, batch, classes = logits.shape
    lowest, highest = grid.lowest[:, None, None], grid.highest[:, None, None]
    right = wrong = 0
    shapes, rivals = [], []
    step = max(1, BUDGET // (views * classes))
    for start in range(0, batch, step):
        part = logits[:, start : start + step].double()
        label = labels[start : start + step]
        own = label[None, :, None].expand(views, -1, 1)
        margin = part.gather(2, own) - part
        gain, loss = margin.clamp(min=0), margin.clamp(max=0)
        slack = SLACK * (highest * margin.abs()).sum(dim=0)
        beaten = (highest * gain + lowest * loss).sum(dim=0) < -slack
        rival = (lowest * gain + highest * loss).sum(dim=0) <= slack
        rival.scatter_(1, label[:, None], False)
        lost, open_ = beaten.any(dim=1), rival.any(dim=1)
        wrong += int(lost.sum())
        right += int((~open_ & ~lost).sum())
        left = (open_ & ~lost).nonzero()[:, 0]
        shapes.append(left + start)
        rivals.append(rival[left])
    shape, rival = torch.cat(shapes), torch.cat(rivals)
    rival = _undominated(logits, shape, rival, grid)
    return Decision(right, wrong, _grouped(logits, labels, shape, rival))


def _undominated(
    logits: Tensor, shape: Int64[Tensor, " left"], rival: Bool[Tensor, "left classes"], grid: Candidates
) -> Bool[Tensor, "left classes"]:
    """Without the rivals that another rival of the same shape beats under every candidate."""
    kept = torch.zeros_like(rival)
    views = len(logits)
    lowest, highest = grid.lowest[:, None, None, None], grid.highest[:, None, None, None]
    for rows, columns in _by_count(rival):
        count = columns.shape[1]
        step = max(1, BUDGET // (views * count * count))
        for start in range(0, len(rows), step):
            row, column = rows[start : start + step], columns[start : start + step]
            index = column[None].expand(views, -1, -1)
            part = logits[:, shape[row]].double().gather(2, index)
            lead = part[..., :, None] - part[..., None, :]
            least = (lowest * lead.clamp(min=0) + highest * lead.clamp(max=0)).sum(dim=0)
            beats = least > SLACK * (highest * lead.abs()).sum(dim=0)
            kept[row] = kept[row].scatter(1, column, ~beats.any(dim=1))
    return kept


def _by_count(rival: Bool[Tensor, "left classes"]) -> list[tuple[Tensor, Tensor]]:
    """Rows with the same number of rivals, and which classes those are."""
    counts = rival.sum(dim=1)
    found = []
    for count in counts.unique().tolist():
        rows = (counts == count).nonzero()[:, 0]
        found.append((rows, rival[rows].nonzero()[:, 1].view(len(rows), count)))
    return found


def _grouped(
    logits: Tensor, labels: Tensor, shape: Int64[Tensor, " left"], rival: Bool[Tensor, "left classes"]
) -> list[Undecided]:
    """Groups of shapes, rounded up to few sizes so that each is worth a matrix product."""
    merged: dict[int, list[tuple[Tensor, Tensor]]] = {}
    for rows, columns in _by_count(rival):
        merged.setdefault(_rounded(columns.shape[1]), []).append((rows, columns))
    groups = []
    for size, members in merged.items():
        padded = [torch.cat([c, c[:, :1].expand(-1, size - c.shape[1])], dim=1) for _, c in members]
        row, column = torch.cat([rows for rows, _ in members]), torch.cat(padded)
        label = labels[shape[row]]
        part = logits[:, shape[row]].double()
        own = part.gather(2, label[None, :, None].expand(len(logits), -1, 1))
        margins = own - part.gather(2, column[None].expand(len(logits), -1, -1))
        groups.append(Undecided(margins.transpose(1, 2).contiguous(), (column < label[:, None]).T.contiguous()))
    return groups


def _rounded(count: int) -> int:
    """Up to the next of 1, 2, 3, 4, 6, 8, 12, 16, 24, ..."""
    power = 1 << (count - 1).bit_length()
    return power * 3 // 4 if power * 3 // 4 >= count else power
