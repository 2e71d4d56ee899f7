"""What fits no name: on made-up vectors, where the truth is plain, and with what ships for the built-in model."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from pointclip2.heads.reference import Reference
from pointclip2.heads.rejection import Rejection, known_indices
from pointclip2.heads.zero_shot import ZeroShotHead
from pointclip2.types import ConfigError
from pointclip2.worlds.reference import ReferenceShapes

DIM, VIEWS = 64, 3
NAMES = ReferenceShapes.classes


def around(centres: Tensor, count: int, noise: float, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    spread = torch.randn(count, len(centres), DIM, generator=generator) * noise / DIM**0.5
    return F.normalize(centres + spread, dim=-1).flatten(0, 1)


@pytest.fixture(scope="module")
def reference() -> Reference:
    """Known shapes lie around the texts of their names, shapes of no class anywhere."""
    generator = torch.Generator().manual_seed(7)
    names, things, nothing = (
        F.normalize(torch.randn(count, DIM, generator=generator), dim=-1) for count in (49, 40, 300)
    )
    labels = torch.arange(49).repeat(20)
    none = torch.full((150,), -1)
    return Reference(
        bank=torch.cat([around(names, 20, 0.8, 1), nothing[:150]]),
        bank_labels=torch.cat([labels, none]),
        held=torch.cat([around(names, 20, 0.8, 2), nothing[150:]]),
        held_labels=torch.cat([labels, none]),
        held_plain=torch.ones(20 * 49 + 150, dtype=torch.bool),
        names=names,
        things=things,
    )


def rejection(reference: Reference, names: list[str], refused: float = 0.05) -> Rejection:
    text = reference.names[[NAMES.index(name) for name in names]]
    return Rejection(ZeroShotHead(text, 20.0), names, reference, refused)


def clouds(vectors: Tensor) -> Tensor:
    """As views that all see the same."""
    return vectors.unsqueeze(1).expand(-1, VIEWS, -1)


def known(reference: Reference, names: list[str], count: int = 40) -> Tensor:
    return clouds(around(reference.names[[NAMES.index(name) for name in names]], count, 0.8, 3))


def strange(count: int = 200) -> Tensor:
    return clouds(F.normalize(torch.randn(count, DIM, generator=torch.Generator().manual_seed(5)), dim=-1))


@pytest.mark.parametrize("names", [["chair"], ["chair", "table", "lamp"], list(NAMES)], ids=["1", "3", "49"])
def test_known_things_pass_and_strange_ones_do_not(reference: Reference, names: list[str]) -> None:
    head = rejection(reference, names)
    assert head.judge(known(reference, names)).is_none.double().mean() < 0.15
    assert head.judge(strange()).is_none.double().mean() > 0.95


def test_the_share_that_may_be_refused_is_kept(reference: Reference) -> None:
    things = known(reference, list(NAMES))
    shares = [
        float(rejection(reference, list(NAMES), share).judge(things).is_none.double().mean())
        for share in (0.02, 0.1, 0.3)
    ]
    assert shares == pytest.approx([0.02, 0.1, 0.3], abs=0.025)


def test_known_things_that_are_not_among_the_names_are_none_of_them(reference: Reference) -> None:
    head = rejection(reference, ["chair", "table", "lamp"])
    assert head.judge(known(reference, ["sofa", "guitar"])).is_none.double().mean() > 0.95


def test_none_is_one_half_at_the_threshold_and_falls_as_the_fit_rises(reference: Reference) -> None:
    found = rejection(reference, list(NAMES)).judge(torch.cat([known(reference, ["chair"]), strange()]))
    assert torch.equal(found.is_none, found.none > 0.5)
    order = found.fit.argsort()
    assert (found.none[order].diff() <= 0).all()


def test_probabilities_of_names_keep_their_order_and_sum_to_one(reference: Reference) -> None:
    head = rejection(reference, ["chair", "table", "lamp"])
    things = torch.cat([known(reference, ["table"]), strange()])
    found = head.judge(things)
    assert torch.allclose(found.probability.sum(dim=1), torch.ones(len(things)))
    assert torch.equal(found.probability.argmax(dim=1), head.head(things).argmax(dim=1))


def test_who_fits_badly_is_named_less_surely(reference: Reference) -> None:
    head = rejection(reference, list(NAMES))
    things = torch.cat([known(reference, list(NAMES), 2), strange()])
    sure = []
    for rise in (0.0, 2.0):
        head.sharpness = torch.tensor([0.5, rise])
        found = head.judge(things)
        sure.append(found.probability.amax(dim=1))
    assert (sure[1] < sure[0])[found.fit < 0].all()
    assert (sure[1] >= sure[0])[found.fit > 0].all()


def test_one_name_is_enough(reference: Reference) -> None:
    found = rejection(reference, ["chair"]).judge(strange(3))
    assert found.probability.tolist() == [[1.0]] * 3
    assert found.is_none.all()


def test_one_cloud_and_no_cloud_are_judged(reference: Reference) -> None:
    head = rejection(reference, ["chair", "table"])
    three = known(reference, ["chair"])[:3]
    assert head.judge(three[:1]).fit.tolist() == pytest.approx(head.judge(three).fit[:1].tolist(), abs=1e-5)
    assert head.judge(three[:0]).is_none.shape == (0,)


def test_names_that_nobody_can_make_are_judged_by_their_texts(reference: Reference) -> None:
    texts = F.normalize(torch.randn(3, DIM, generator=torch.Generator().manual_seed(9)), dim=-1)
    head = Rejection(ZeroShotHead(texts, 20.0), ["duck", "anvil", "trombone"], reference)
    assert head.judge(clouds(around(texts, 60, 0.8, 4))).is_none.double().mean() < 0.15
    assert head.judge(strange()).is_none.double().mean() > 0.8
    assert head.judge(known(reference, ["sofa"])).is_none.double().mean() > 0.9


def test_a_name_that_can_be_made_beside_one_that_cannot(reference: Reference) -> None:
    duck = F.normalize(torch.randn(1, DIM, generator=torch.Generator().manual_seed(9)), dim=-1)
    text = torch.cat([reference.names[[NAMES.index("chair")]], duck])
    head = Rejection(ZeroShotHead(text, 20.0), ["chair", "duck"], reference)
    for things in (known(reference, ["chair"]), clouds(around(duck, 40, 0.8, 4))):
        assert head.judge(things).is_none.double().mean() < 0.15
    assert head.judge(strange()).is_none.double().mean() > 0.8


def test_the_users_own_word_is_not_held_against_them(reference: Reference) -> None:
    """A thing's sentence says of "a ball" what the user's name says: it must not compete with it."""
    ball = reference.things[3]
    head = Rejection(ZeroShotHead(ball.unsqueeze(0), 20.0), ["ball"], reference)
    assert len(head.evidence.things) == 40 + 49 - 1
    assert (head.evidence.things @ ball).max() < 0.9
    assert head.judge(clouds(around(ball.unsqueeze(0), 40, 0.8, 4))).is_none.double().mean() < 0.15


def test_synonyms_mean_their_class() -> None:
    assert known_indices(["Couch", "night_stand", "duck"]).tolist() == [
        NAMES.index("sofa"),
        NAMES.index("night stand"),
        -1,
    ]


@pytest.mark.parametrize("refused", [0.0, 1.0, -0.1])
def test_a_share_outside_the_range_is_refused(reference: Reference, refused: float) -> None:
    with pytest.raises(ConfigError, match="between 0 and 1"):
        rejection(reference, ["chair"], refused)


def test_as_many_names_as_classes_are_wanted(reference: Reference) -> None:
    with pytest.raises(ConfigError, match="2 names for 1 class"):
        Rejection(ZeroShotHead(reference.names[:1]), ["chair", "table"], reference)
