import pytest
import torch
from torch.nn import functional as F

from pointclip2.heads.adapters import LinearProbe
from pointclip2.heads.adapters.linear_probe import STRENGTHS, solve
from pointclip2.types import ConfigError
from tests.heads.adapters.made import samples, setting


@pytest.mark.parametrize("strength", [1.0, 1e-1, 1e-2])
def test_the_solution_is_where_the_gradient_vanishes(strength: float) -> None:
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(40, 7, generator=generator)
    labels = torch.randint(3, (40,), generator=generator)
    weight, bias = solve(inputs, labels, strength, (torch.zeros(3, 7), torch.zeros(3)), 200)
    weight.requires_grad_(), bias.requires_grad_()
    loss = F.cross_entropy(inputs @ weight.T + bias, labels) + strength / 2 * weight.square().sum()
    gradients = torch.autograd.grad(loss, (weight, bias))
    assert max(float(gradient.abs().max()) for gradient in gradients) < 1e-3


def test_a_stronger_penalty_gives_smaller_weights() -> None:
    adapter = LinearProbe()
    adapter.begin(setting())
    adapter.prepare(samples(6))
    norms = []
    for strength in sorted(STRENGTHS):
        adapter._take(strength)
        norms.append(float(adapter.weight.norm()))
    assert norms == sorted(norms, reverse=True)


def test_validation_chooses_the_strength_with_most_hits() -> None:
    shots, validation = samples(4, noise=1.5), samples(40, seed=1, noise=1.5)
    adapter = LinearProbe()
    adapter.begin(setting())
    adapter.prepare(shots)
    hits = {}
    for strength in STRENGTHS:
        adapter._take(strength)
        hits[strength] = int((adapter.logits(validation).argmax(dim=1) == validation.labels).sum())
    adapter.choose(validation)
    best = max(hits.values())
    assert adapter.chosen()["strength"] == pytest.approx(max(s for s, count in hits.items() if count == best))


def test_the_scale_of_the_features_does_not_matter() -> None:
    shots = samples(5)
    found = []
    for factor in (1.0, 40.0):
        adapter = LinearProbe(strength=1e-2, iterations=200)
        adapter.begin(setting())
        scaled = {"views": shots.columns["views"] * factor}
        adapter.fit(type(shots)(scaled, shots.labels))
        found.append(adapter.logits(type(shots)(scaled, shots.labels)))
    torch.testing.assert_close(found[0], found[1], atol=2e-2, rtol=2e-2)


def test_unknown_features_are_refused() -> None:
    with pytest.raises(ConfigError, match="concatenated, mean, per_view"):
        LinearProbe(features="fused")
