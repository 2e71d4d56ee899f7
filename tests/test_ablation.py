import json
from pathlib import Path

import pytest

from pointclip2.ablation import ablation_table
from pointclip2.config import compose, conf_dir
from pointclip2.types import DataError


def _trained(folder: Path, accuracy: float) -> Path:
    (folder / "model").mkdir(parents=True)
    card = {"steps": 600, "validation": {"val/acc": accuracy, "val/acc_scan": accuracy / 2}}
    (folder / "model" / "model.json").write_text(json.dumps(card))
    return folder


def test_the_best_training_comes_first(tmp_path: Path) -> None:
    folders = [
        _trained(tmp_path / f"ablation_{name}", value) for name, value in (("names_only", 0.4), ("full", 0.5))
    ]
    table = ablation_table(folders).splitlines()
    assert table[2] == "| full | 600 | 50.0 | 25.0 |"
    assert table[3].startswith("| names only |")


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nothing_here"):
        ablation_table([tmp_path / "nothing_here"])


@pytest.mark.parametrize("name", sorted(path.stem for path in (conf_dir() / "ablation").glob("*.yaml")))
def test_every_ablation_trains_in_a_folder_of_its_own(name: str) -> None:
    cfg = compose("train", ["experiment=tiny_clip", f"ablation={name}"])
    assert cfg.name == f"ablation_{name}"
    assert str(cfg.folder).endswith(cfg.name)
