import errno
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from pointclip2.cache.text import cached_text


class Encoder:
    """Counts how often it is asked."""

    def __init__(self, value: float = 1.0) -> None:
        self.calls = 0
        self.value = value

    def __call__(self) -> Tensor:
        self.calls += 1
        return torch.full((3, 4), self.value)


def test_the_same_key_is_encoded_once(tmp_path: Path) -> None:
    encode = Encoder()
    first = cached_text(tmp_path, {"id": "a", "prompt": "p"}, encode)
    again = cached_text(tmp_path, {"prompt": "p", "id": "a"}, encode)
    torch.testing.assert_close(first, again)
    assert encode.calls == 1


@pytest.mark.parametrize("change", [{"prompt": "q"}, {"weights_hash": "2"}, {"precision": "bf16"}])
def test_another_prompt_or_backbone_is_encoded_anew(tmp_path: Path, change: dict[str, str]) -> None:
    key = {"id": "a", "prompt": "p", "weights_hash": "1", "precision": "fp32"}
    cached_text(tmp_path, key, Encoder(1.0))
    assert float(cached_text(tmp_path, key | change, Encoder(2.0))[0, 0]) == 2.0


def test_edited_sources_encode_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached_text(tmp_path, {"id": "a"}, Encoder(1.0))
    monkeypatch.setattr("pointclip2.cache.text.source_digest", lambda *rooms: "edited")
    assert float(cached_text(tmp_path, {"id": "a"}, Encoder(2.0))[0, 0]) == 2.0


@pytest.mark.parametrize(
    "damage",
    [lambda content: content[:-5], lambda content: b"", lambda content: b"\x80" * 100],
    ids=["cut off", "empty", "garbage"],
)
def test_a_damaged_file_is_encoded_anew_and_replaced(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    encode = Encoder()
    cached_text(tmp_path, {"id": "a"}, encode)
    [path] = tmp_path.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    for _ in range(2):
        torch.testing.assert_close(cached_text(tmp_path, {"id": "a"}, encode), torch.ones(3, 4))
    assert encode.calls == 2


def test_a_full_disk_costs_a_warning_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def write_bytes(path: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    torch.testing.assert_close(cached_text(tmp_path, {"id": "a"}, Encoder()), torch.ones(3, 4))
    assert len(caplog.records) == 1
    assert list(tmp_path.iterdir()) == []
