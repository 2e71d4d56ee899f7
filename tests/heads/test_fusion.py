import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pointclip2.heads.fusion import fuse, probabilities, view_logits

sizes = st.tuples(st.integers(1, 6), st.integers(1, 5), st.integers(1, 7), st.integers(0, 2**31))


def made(size: tuple[int, int, int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """Logits, weights of the data set, weights of each shape."""
    views, batch, classes, seed = size
    generator = torch.Generator().manual_seed(seed)
    logits = 20 * torch.randn(views, batch, classes, generator=generator)
    return logits, torch.rand(views, generator=generator), torch.rand(views, batch, generator=generator)


@settings(deadline=None)
@given(sizes)
def test_fusion_is_the_sum_over_views_written_as_a_loop(size: tuple[int, int, int, int]) -> None:
    logits, weights, own = made(size)
    fused, fused_own = fuse(logits, weights), fuse(logits, own)
    views, batch, classes, _ = size
    for b in range(batch):
        for k in range(classes):
            expected = sum(float(weights[v] * logits[v, b, k]) for v in range(views))
            expected_own = sum(float(own[v, b] * logits[v, b, k]) for v in range(views))
            assert abs(float(fused[b, k]) - expected) < 1e-3
            assert abs(float(fused_own[b, k]) - expected_own) < 1e-3


@settings(deadline=None)
@given(sizes)
def test_view_logits_are_scaled_cosines(size: tuple[int, int, int, int]) -> None:
    views, batch, classes, seed = size
    generator = torch.Generator().manual_seed(seed)
    features = torch.nn.functional.normalize(torch.randn(batch, views, 8, generator=generator), dim=-1)
    text = torch.nn.functional.normalize(torch.randn(classes, 8, generator=generator), dim=-1)
    logits = view_logits(features, text, 50.0)
    assert logits.shape == (views, batch, classes)
    expected = 50 * torch.cosine_similarity(features[:, :, None], text[None, None], dim=-1)
    torch.testing.assert_close(logits, expected.transpose(0, 1), atol=1e-4, rtol=1e-4)


@settings(deadline=None)
@given(sizes, st.floats(0.01, 100.0))
def test_equal_weights_of_any_size_give_the_same_classes_and_probabilities(
    size: tuple[int, int, int, int], weight: float
) -> None:
    logits, _, _ = made(size)
    views = len(logits)
    one, other = torch.ones(views), torch.full((views,), weight)
    # Of two classes that are equally good, rounding decides.
    best = fuse(logits, one).topk(min(2, logits.shape[2]), dim=1).values
    clear = (best[:, 0] - best[:, -1] > 1e-2) | (logits.shape[2] == 1)
    same = fuse(logits, one).argmax(dim=1) == fuse(logits, other).argmax(dim=1)
    assert bool(same[clear].all())
    torch.testing.assert_close(probabilities(logits, one), probabilities(logits, other), atol=1e-4, rtol=1e-3)


@settings(deadline=None)
@given(sizes)
def test_probabilities_sum_to_one_and_keep_the_order_of_the_fused_logits(
    size: tuple[int, int, int, int],
) -> None:
    logits, weights, own = made(size)
    for chosen in (weights, own):
        probability = probabilities(logits, chosen)
        torch.testing.assert_close(probability.sum(dim=1), torch.ones(len(probability)))
        best = fuse(logits, chosen).argmax(dim=1, keepdim=True)
        assert bool((probability.gather(1, best) >= probability.amax(dim=1, keepdim=True) - 1e-6).all())


def test_the_same_view_seen_ten_times_is_no_surer_than_once() -> None:
    logits = torch.tensor([[[3.0, 1.0, 0.0]]])
    ten = logits.expand(10, -1, -1)
    torch.testing.assert_close(probabilities(ten, torch.ones(10)), probabilities(logits, torch.ones(1)))


def test_views_that_all_count_nothing_give_equal_probabilities_and_no_nan() -> None:
    torch.testing.assert_close(
        probabilities(torch.randn(3, 2, 4), torch.zeros(3, 2)), torch.full((2, 4), 0.25)
    )


def test_weights_of_the_data_set_are_weights_of_every_shape() -> None:
    logits, weights, _ = made((4, 3, 5, 0))
    torch.testing.assert_close(fuse(logits, weights), fuse(logits, weights[:, None].expand(-1, 3)))
