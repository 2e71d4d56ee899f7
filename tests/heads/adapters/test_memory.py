import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pointclip2.heads.adapters.memory import Memory, best_of
from pointclip2.types import ConfigError


def memory(standardise: bool = False, counts: tuple[int, ...] = (3, 3)) -> tuple[Memory, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    vectors = torch.randn(sum(counts), 6, generator=generator)
    labels = torch.tensor([label for label, count in enumerate(counts) for _ in range(count)])
    made = Memory(len(counts), standardise)
    made.store(vectors, labels)
    return made, vectors


def test_an_example_is_nearest_to_itself() -> None:
    made, vectors = memory()
    similarity = made.similarity(vectors)
    assert similarity.argmax(dim=1).tolist() == list(range(6))
    torch.testing.assert_close(similarity.diagonal(), torch.ones(6))


def test_affinity_is_the_mean_over_the_keys_of_a_class() -> None:
    made, vectors = memory(counts=(1, 4))
    similarity = made.similarity(vectors + 0.1)
    weight = torch.exp(-5 * (1 - similarity))
    expected = torch.stack([weight[:, :1].mean(dim=1), weight[:, 1:].mean(dim=1)], dim=1)
    torch.testing.assert_close(made.affinity(similarity, 5.0), expected)
    torch.testing.assert_close(made.log_density(similarity, 5.0), expected.log())


@given(sharpness=st.floats(0.1, 1e6))
def test_a_log_density_is_finite_however_sharp_and_keeps_the_nearest_class(sharpness: float) -> None:
    made, vectors = memory()
    similarity = made.similarity(-vectors)
    density = made.log_density(similarity, sharpness)
    assert density.isfinite().all()
    if sharpness > 1e5:
        nearest = torch.stack([similarity[:, :3].amax(dim=1), similarity[:, 3:].amax(dim=1)], dim=1)
        assert density.argmax(dim=1).tolist() == nearest.argmax(dim=1).tolist()


def test_what_all_examples_share_does_not_count_when_standardised() -> None:
    generator = torch.Generator().manual_seed(0)
    vectors = torch.randn(6, 6, generator=generator)
    one, two = Memory(2, True), Memory(2, True)
    labels = torch.tensor([0, 0, 0, 1, 1, 1])
    one.store(vectors, labels)
    two.store(vectors + 50, labels)
    torch.testing.assert_close(one.similarity(vectors), two.similarity(vectors + 50), atol=1e-4, rtol=1e-3)


def test_a_channel_without_spread_and_a_class_without_keys_do_no_harm() -> None:
    made = Memory(3, True)
    vectors = torch.randn(4, 5)
    vectors[:, 2] = 7.0
    made.store(vectors, torch.tensor([0, 0, 1, 1]))
    similarity = made.similarity(vectors + 0.01)
    assert similarity.isfinite().all()
    assert made.log_density(similarity, 3.0).argmax(dim=1).max() < 2
    assert made.affinity(similarity, 3.0)[:, 2].eq(0).all()


def test_the_best_has_most_hits_and_among_equals_the_smaller_loss() -> None:
    labels = torch.tensor([0, 1])
    right = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    assert best_of(((-1.0, 1.0, 5.0), (1.0,)), lambda a, b: a * b * right, labels) == (5.0, 1.0)
    assert best_of(((0.0,), (2.0,)), lambda a, b: right, labels) == (0.0, 2.0)


def test_a_direction_in_which_classes_vary_within_themselves_counts_less_when_whitened() -> None:
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(40) % 2
    vectors = 0.1 * torch.randn(40, 4, generator=generator)
    vectors[:, 0] += 10 * torch.randn(40, generator=generator)
    vectors[:, 1] += labels * 1.0
    query, truth = vectors.clone(), labels
    query[:, 0] = 10 * torch.randn(40, generator=generator)
    hits = {}
    for whiten in (0.0, 0.99):
        made = Memory(2, standardise=False, whiten=whiten)
        made.store(vectors, labels)
        hits[whiten] = int((made.log_density(made.similarity(query), 20.0).argmax(dim=1) == truth).sum())
    assert hits[0.99] >= 38
    assert hits[0.0] <= 30


def test_whitening_is_that_of_the_covariance_within_classes() -> None:
    generator = torch.Generator().manual_seed(0)
    vectors, labels = torch.randn(30, 5, generator=generator), torch.arange(30) % 3
    made = Memory(3, standardise=False, whiten=0.7)
    made.store(vectors, labels)
    centres = torch.stack([vectors[labels == label].mean(dim=0) for label in range(3)])
    within = (vectors - centres[labels]).T @ (vectors - centres[labels]) / 27
    mixed = 0.7 * within + 0.3 * within.trace() / 5 * torch.eye(5)
    values, axes = torch.linalg.eigh(mixed)
    white = torch.nn.functional.normalize(vectors @ axes / values.sqrt(), dim=1)
    torch.testing.assert_close(made.similarity(vectors), white @ white.T, atol=1e-4, rtol=1e-4)


def test_one_example_a_class_is_not_whitened() -> None:
    vectors, labels = torch.randn(3, 5), torch.arange(3)
    plain, white = Memory(3, False), Memory(3, False, whiten=0.5)
    plain.store(vectors, labels)
    white.store(vectors, labels)
    assert torch.equal(plain.similarity(vectors), white.similarity(vectors))
    with pytest.raises(ConfigError, match=r"adapter\.whiten"):
        Memory(2, False, whiten=1.0)


@pytest.mark.parametrize("learned", [True, False])
def test_a_memory_of_any_length_can_be_restored(learned: bool) -> None:
    made = Memory(2, True, 0.5, learned)
    made.store(torch.randn(7, 3), torch.tensor([0, 1, 0, 1, 0, 1, 0]))
    again = Memory(2, True, 0.5, learned)
    again.load_state_dict(made.state_dict())
    for name, tensor in made.state_dict().items():
        assert torch.equal(again.state_dict()[name], tensor)
