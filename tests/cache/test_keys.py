"""What makes features other features, and what does not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pointclip2.cache import FeatureStore, feature_key, keys
from pointclip2.cache.keys import text_key

DATA = {"name": "toys", "split": "test", "checksum": "abc"}
ENCODER = {"kind": "views", "projector": {"resolution": 112}, "clip": {"weights_hash": "1234"}}
COLUMNS = {"kind": "packed cells", "bits": 6}


def key(**changes: Any) -> dict[str, Any]:
    parts: dict[str, Any] = {"data": DATA, "encoder": ENCODER, "columns": COLUMNS, "precision": "32-true"}
    return feature_key(**(parts | changes))


@pytest.fixture
def fresh() -> Iterator[None]:
    """Digests and versions that were looked up are forgotten before and after."""
    for looked_up in (keys.source_digest, keys.package_versions):
        looked_up.cache_clear()
    yield
    for looked_up in (keys.source_digest, keys.package_versions):
        looked_up.cache_clear()


def test_whatever_decides_a_feature_has_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh: None
) -> None:
    made = [
        key(),
        key(data=DATA | {"checksum": "abd"}),
        key(data=DATA | {"split": "train"}),
        key(encoder=ENCODER | {"projector": {"resolution": 113}}),
        key(encoder=ENCODER | {"clip": {"weights_hash": "1235"}}),
        key(columns=COLUMNS | {"bits": 8}),
        key(precision="bf16-mixed"),
    ]
    monkeypatch.setattr(keys, "CACHE_VERSION", -1)
    made.append(key())
    monkeypatch.setattr(keys, "version", lambda name: "0.0")
    keys.package_versions.cache_clear()
    made.append(key())
    folders = {FeatureStore(tmp_path, one, 10).folder for one in made}
    assert len(folders | {FeatureStore(tmp_path, key(), 11).folder}) == len(made) + 1


def test_the_order_of_options_does_not_matter(tmp_path: Path) -> None:
    turned = key(data=dict(reversed(DATA.items())), encoder=dict(reversed(ENCODER.items())))
    assert FeatureStore(tmp_path, turned, 10).folder == FeatureStore(tmp_path, key(), 10).folder


def test_the_key_holds_the_sources_of_the_rooms_that_make_features(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh: None
) -> None:
    package = tmp_path / "pointclip2"
    rooms = ("geometry", "encoders", "proposals", "cache", "heads", "tasks")
    for room in rooms:
        (package / room).mkdir(parents=True)
        (package / room / "room.py").write_text("first")
    monkeypatch.setattr(keys, "__file__", str(package / "cache" / "keys.py"))
    digests = [key()["sources"]]
    for room in rooms:
        (package / room / "room.py").write_text("edited")
        keys.source_digest.cache_clear()
        digests.append(key()["sources"])
    assert len(set(digests[:4])) == 4
    assert set(digests[3:]) == {digests[3]}


def test_vectors_of_text_depend_on_encoder_and_sentences() -> None:
    made = [text_key({"id": "a"}, "said"), text_key({"id": "b"}, "said"), text_key({"id": "a"}, "other")]
    assert len({str(one) for one in made}) == 3
