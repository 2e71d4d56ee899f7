"""Dense features of every kind of tower: the plain ones where nothing is changed, and what each change does."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from pointclip2.app.compose import build, compose
from pointclip2.encoders.clip import OpenClipBackbone
from pointclip2.encoders.clip.dense import DenseEncoder
from pointclip2.encoders.clip.dense_towers import LastBlock, _changed_block, _embedded
from pointclip2.types import ConfigError
from tests.toy import toy_backbone, toy_folder

VARIANTS = ("plain", "maskclip", "naclip", "clearclip")


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> OpenClipBackbone:
    return toy_backbone(toy_folder(tmp_path_factory.mktemp("vit"), layers=3))


def timm_backbone(folder: Path, name: str, size: int, **vision: Any) -> OpenClipBackbone:
    """A timm tower in a toy CLIP, with random weights."""
    toy_folder(folder)
    path = folder / "open_clip_config.json"
    config = json.loads(path.read_text())
    config["model_cfg"]["vision_cfg"] = {"timm_model_name": name, "image_size": size, **vision}
    path.write_text(json.dumps(config))
    return toy_backbone(folder, image_size=size)


def depth(*size: int) -> torch.Tensor:
    return torch.rand(*size, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_gives_unit_rows_for_every_cell(variant: str, backbone: OpenClipBackbone) -> None:
    dense = build(compose("evaluate", ["task=part_segmentation", f"dense={variant}"]).dense)
    cells = dense(backbone, depth(2, 3, 32, 32))
    assert cells.shape == (2, 3, 4, 4, 16)
    torch.testing.assert_close(cells.norm(dim=-1), torch.ones(2, 3, 4, 4))


def test_plain_cells_are_the_towers_own_tokens(backbone: OpenClipBackbone) -> None:
    images = depth(1, 2, 32, 32)
    tower = backbone.model.visual
    own = tower.forward_intermediates(
        backbone.prepare_images(images[0]), indices=1, normalize_intermediates=True, output_fmt="NLC"
    )["image_intermediates"][-1]
    expected = F.normalize(own @ tower.proj, dim=-1).view(1, 2, 4, 4, -1)
    torch.testing.assert_close(DenseEncoder()(backbone, images), expected)


def test_the_mechanism_with_nothing_changed_is_the_block_itself(backbone: OpenClipBackbone) -> None:
    tower = backbone.model.visual
    tokens, rows, columns = _embedded("toy", tower, backbone.prepare_images(depth(2, 32, 32)))
    block = tower.transformer.resblocks[-1]
    torch.testing.assert_close(_changed_block(block, tokens, LastBlock(), rows, columns), block(tokens))


def test_on_the_value_path_no_cell_hears_of_another_in_the_last_block(backbone: OpenClipBackbone) -> None:
    tower = backbone.model.visual
    tokens = torch.randn(1, 17, 32, generator=torch.Generator().manual_seed(0))
    block = tower.transformer.resblocks[-1]
    last = LastBlock("value")
    changed = tokens.clone()
    changed[0, 5] += 1
    difference = _changed_block(block, changed, last, 4, 4) - _changed_block(block, tokens, last, 4, 4)
    assert difference.abs().sum(dim=-1)[0].nonzero().flatten().tolist() == [5]


def test_a_narrow_window_leaves_a_cell_with_itself(backbone: OpenClipBackbone) -> None:
    block = backbone.model.visual.transformer.resblocks[-1]
    tokens = torch.randn(1, 17, 32, generator=torch.Generator().manual_seed(0))
    without = LastBlock("key", 0.0, residual=False, feed_forward=False)
    within = LastBlock("key", 1.0, residual=False, feed_forward=False)
    open_, limited = (_changed_block(block, tokens, last, 4, 4) for last in (without, within))
    assert not torch.allclose(open_, limited)
    # Bringing near cells nearer makes neighbours more alike and far cells less so, on average.
    alike = [F.cosine_similarity(x[0, 1], x[0, 16], dim=0) for x in (open_, limited)]
    near = [F.cosine_similarity(x[0, 1], x[0, 2], dim=0) for x in (open_, limited)]
    assert float(near[1] - alike[1]) > float(near[0] - alike[0])


@pytest.mark.parametrize("attention", ["query", "key"])
def test_queries_and_keys_attend_to_their_like(attention: str, backbone: OpenClipBackbone) -> None:
    block = backbone.model.visual.transformer.resblocks[-1]
    tokens = torch.randn(1, 5, 32, generator=torch.Generator().manual_seed(0))
    weight, bias = block.attn.in_proj_weight, block.attn.in_proj_bias
    query, key, value = F.linear(block.ln_1(tokens), weight, bias).chunk(3, dim=-1)
    like = {"query": query, "key": key}[attention]
    heads = [t.view(5, 2, 16).transpose(0, 1) for t in (like, value)]
    mixed = (heads[0] @ heads[0].transpose(1, 2) / 4).softmax(dim=-1) @ heads[1]
    expected = block.attn.out_proj(mixed.transpose(0, 1).reshape(1, 5, 32))
    found = _changed_block(block, tokens, LastBlock(attention, 0.0, False, False), 2, 2)
    torch.testing.assert_close(found, expected)


def test_a_larger_input_gives_a_finer_map(backbone: OpenClipBackbone) -> None:
    assert DenseEncoder(size_px=48)(backbone, depth(1, 1, 32, 32)).shape == (1, 1, 6, 6, 16)
    with pytest.raises(ConfigError, match="not a multiple of its patches of 8 px"):
        DenseEncoder(size_px=36)(backbone, depth(1, 1, 32, 32))


def test_a_crop_is_what_the_model_says_about_it_alone(backbone: OpenClipBackbone) -> None:
    images = depth(1, 2, 64, 64)
    cells = DenseEncoder(size_px=64, crops=True)(backbone, images)
    assert cells.shape == (1, 2, 8, 8, 16)
    # The corner cells are in one crop only.
    corner = DenseEncoder()(backbone, images[:, :, :32, :32])
    torch.testing.assert_close(cells[:, :, :2, :2], corner[:, :, :2, :2])
    corner = DenseEncoder()(backbone, images[:, :, 32:, 32:])
    torch.testing.assert_close(cells[:, :, 6:, 6:], corner[:, :, 2:, 2:])


def test_crops_of_the_models_own_size_are_the_whole(backbone: OpenClipBackbone) -> None:
    images = depth(1, 1, 32, 32)
    torch.testing.assert_close(
        DenseEncoder(size_px=32, crops=True)(backbone, images), DenseEncoder()(backbone, images)
    )


def test_crops_need_a_size_that_they_fit_into(backbone: OpenClipBackbone) -> None:
    for size, told in ((16, "smaller than the crops"), (44, "multiple of 8 px")):
        with pytest.raises(ConfigError, match=told):
            DenseEncoder(size_px=size, crops=True)(backbone, depth(1, 1, 32, 32))


@pytest.mark.parametrize(
    ("name", "size", "vision"),
    [
        ("resnet18", 64, {"timm_pool": "avg", "timm_proj": "linear"}),
        ("pointclip2_depth", 32, {"timm_pool": "avg", "timm_proj": "linear"}),
    ],
)
def test_the_mean_of_a_convolutional_towers_cells_is_its_pooled_feature(
    name: str, size: int, vision: dict[str, Any], tmp_path: Path
) -> None:
    model = timm_backbone(tmp_path, name, size, **vision)
    images = depth(1, 2, size, size)
    from pointclip2.encoders.clip.dense_towers import tower_maps

    cells = tower_maps(model, model.prepare_images(images[0]), LastBlock())
    pooled = model.model.encode_image(model.prepare_images(images[0]))
    torch.testing.assert_close(cells.mean(dim=(1, 2)), pooled, rtol=1e-4, atol=1e-5)
    larger = DenseEncoder(size_px=2 * size)(model, images)
    assert larger.shape[2] == 2 * cells.shape[1]


def test_a_convolutional_tower_with_a_norm_behind_its_pooling_takes_it_of_every_cell(tmp_path: Path) -> None:
    model = timm_backbone(tmp_path, "convnext_atto", 64, timm_pool="", timm_proj="linear")
    images = depth(1, 1, 64, 64)
    assert DenseEncoder()(model, images).shape == (1, 1, 2, 2, 16)
    # A map of one cell is the pooled feature itself.
    small = depth(1, 1, 32, 32)
    pooled = F.normalize(model.model.encode_image(model.prepare_images(small[0], 32)), dim=-1)
    torch.testing.assert_close(DenseEncoder(size_px=32)(model, small)[0, 0, 0], pooled, rtol=1e-4, atol=1e-5)


def test_tokens_of_timms_transformers_go_through_their_own_head(tmp_path: Path) -> None:
    model = timm_backbone(tmp_path, "vit_tiny_patch16_224", 224, timm_pool="token", timm_proj="linear")
    cells = DenseEncoder()(model, depth(1, 1, 224, 224))
    tokens = model.model.visual.trunk.forward_features(model.prepare_images(depth(1, 224, 224)))
    expected = F.normalize(model.model.visual.head(tokens[:, 1:]), dim=-1).view(1, 1, 14, 14, -1)
    torch.testing.assert_close(cells, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "size", "vision", "told"),
    [
        (
            "vit_tiny_patch16_224",
            224,
            {"timm_pool": "map", "timm_proj": "linear"},
            "its pooling is attention",
        ),
        ("resnet18", 64, {"timm_pool": "abs_attn", "timm_proj": ""}, "its pooling is attention"),
    ],
)
def test_a_tower_that_pools_by_attention_has_no_dense_features(
    name: str, size: int, vision: dict[str, Any], told: str, tmp_path: Path
) -> None:
    try:
        model = timm_backbone(tmp_path, name, size, **vision)
    except Exception as error:  # another timm may not build this combination at all
        pytest.skip(f"timm does not build it: {error}")
    with pytest.raises(ConfigError, match=f"no dense features .{told}.*choose another backbone"):
        DenseEncoder()(model, depth(1, 1, size, size))


def test_clips_resnets_have_the_value_path_of_their_pooling_and_nothing_else(tmp_path: Path) -> None:
    folder = toy_folder(tmp_path / "rn", layers=[1, 1, 1, 1], width=8, patch_size=None)
    model = toy_backbone(folder)
    images = depth(1, 2, 32, 32)
    with pytest.raises(ConfigError, match=r"no dense features but the value path.*dense=maskclip"):
        DenseEncoder()(model, images)
    cells = DenseEncoder(attention="value")(model, images)
    assert cells.shape == (1, 2, 1, 1, 16)
    finer = DenseEncoder(attention="value", size_px=64)(model, images)
    assert finer.shape == (1, 2, 2, 2, 16)


def test_a_convolutional_tower_has_no_last_block_to_change(tmp_path: Path) -> None:
    model = timm_backbone(tmp_path, "resnet18", 64, timm_pool="avg", timm_proj="linear")
    with pytest.raises(ConfigError, match="dense=plain"):
        DenseEncoder(attention="key", residual=False)(model, depth(1, 1, 64, 64))


def test_a_tower_of_an_unknown_kind_says_so(
    backbone: OpenClipBackbone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backbone.model, "visual", nn.Conv2d(3, 4, 2))
    with pytest.raises(ConfigError, match=r"no dense features .an image tower of an unknown kind"):
        DenseEncoder()(backbone, depth(1, 1, 32, 32))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"attention": "both"}, "plain, value, query, key"),
        ({"locality": -1.0}, "0 or more"),
        ({"attention": "value", "locality": 2.0}, "mixes no cells"),
        ({"size_px": 0}, "positive"),
    ],
)
def test_options_that_cannot_work_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        DenseEncoder(**options)


def test_what_decides_the_features_is_in_the_description() -> None:
    described = [
        DenseEncoder(**options).describe()
        for options in ({}, {"attention": "key"}, {"locality": 1.0}, {"residual": False}, {"size_px": 64})
    ]
    assert len({json.dumps(one, sort_keys=True) for one in described}) == 5
