import open_clip
import torch
import torch.nn.functional as F

from pointclip2.encoders.clip.depth_tower import NAME, DepthTower


def test_a_cell_stands_for_eight_pixels_at_every_size() -> None:
    tower = DepthTower().eval()
    for size in (64, 80, 112, 160):
        assert tower.forward_features(torch.rand(1, 3, size, size)).shape[-2:] == (size // 8, size // 8)


def test_open_clip_builds_it_by_name_with_a_projection_behind_the_mean() -> None:
    vision = {"image_size": 80, "timm_model_name": NAME, "timm_pool": "avg", "timm_proj": "linear"}
    text = {"context_length": 8, "vocab_size": 100, "width": 16, "heads": 2, "layers": 1}
    model = open_clip.model.CLIP(24, vision, text).eval()
    images = torch.rand(2, 3, 80, 80)
    with torch.no_grad():
        cells = model.visual.trunk.forward_features(images).flatten(2).transpose(1, 2)
        torch.testing.assert_close(model.visual.head(cells).mean(dim=1), model.encode_image(images))


def test_the_coarse_map_reaches_every_cell() -> None:
    torch.manual_seed(0)
    tower = DepthTower().eval()
    for block in tower.blocks:  # an untrained shortcut passes its input by the two convolutions
        torch.nn.init.ones_(block[0].second[1].weight)
    images = torch.rand(1, 3, 80, 80)
    changed = images.clone()
    changed[..., :16, :16] = 0.0
    moved = (tower.forward_features(images) - tower.forward_features(changed)).abs().sum(dim=1)[0]
    assert moved[5, 5] > 0, "a corner should matter to the middle of a map of 10 x 10"


def test_a_network_learns_to_see_where_something_is() -> None:
    torch.manual_seed(0)
    tower, head = DepthTower(widths=(8, 16, 16, 32)), torch.nn.Linear(32, 2)
    optimiser = torch.optim.Adam([*tower.parameters(), *head.parameters()], lr=3e-3)
    for _ in range(25):
        side = torch.randint(0, 2, (16,))
        images = torch.zeros(16, 3, 32, 32)
        for image, right in zip(images, side, strict=True):
            height = 4 if right else 24
            image[:, 4:28, 14:18] = 1.0
            image[:, height : height + 4, 8:24] = 1.0
        loss = F.cross_entropy(head(tower(images)), side)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.1
