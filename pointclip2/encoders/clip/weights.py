"""Where model weights are: a path, the weights folder, the hub's cache, or (only on request) the hub."""

import hashlib
import logging
import pickle
from pathlib import Path

from pointclip2.reading import open_regular, why_unreadable
from pointclip2.types import WeightsError

_HUB_FILES = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")
SUFFIXES = (".safetensors", ".bin", ".pt", ".pth")


def find_weights(arch: str, tag: str, weights: str | None, folder: str, download: bool) -> Path:
    """The checkpoint file of a named model.

    Args:
        arch: open_clip's model name.
        tag: open_clip's pretrained tag.
        weights: a file, which wins over everything else.
        folder: looked through for ``<arch>.<tag>.safetensors`` (or .bin, .pt, .pth).
        download: whether the hub may be asked; nothing is downloaded silently.

    Raises:
        WeightsError: no file; one line says which file to put where.
    """
    if weights is not None:
        return given_weights(weights, f"{arch} ({tag})")
    stem = Path(folder) / f"{arch}.{tag}"
    for suffix in SUFFIXES:
        path = stem.with_name(stem.name + suffix)
        if path.is_file():
            return path
    # Imported here: open_clip takes seconds, and a path or a file in the folder does without it.
    from open_clip import get_pretrained_cfg

    known = get_pretrained_cfg(arch, tag)
    if not known:
        raise WeightsError(f"open_clip knows no weights {tag!r} for {arch}: see open_clip.list_pretrained()")
    repository = known.get("hf_hub", "").strip("/")
    cached = _in_cache(repository)
    if cached is not None:
        return cached
    if download:
        return _download(known, arch, tag)
    source = (
        f"open_clip_model.safetensors of huggingface.co/{repository}" if repository else known.get("url", "")
    )
    raise WeightsError(
        f"no weights for {arch} ({tag}): put {source} at {stem}.safetensors, "
        "or give backbone.weights=FILE, or allow backbone.download=true"
    )


def given_weights(weights: str, model: str) -> Path:
    """The checkpoint file that was typed; of a folder, the only one in it.

    Raises:
        WeightsError: there is no such file, or a folder holds none or several.
    """
    path = Path(weights).expanduser()
    if path.is_dir():
        found = sorted(one for one in path.iterdir() if one.suffix in SUFFIXES and one.is_file())
        if len(found) != 1:
            several = f"several checkpoints ({', '.join(one.name for one in found[:4])})"
            raise WeightsError(
                f"backbone.weights={weights} is a folder with {several if found else 'no checkpoint in it'}: "
                f"give the file of {model}"
            )
        return found[0]
    unreadable = why_unreadable(path)
    if unreadable:
        raise WeightsError(f"backbone.weights={weights}: {unreadable}; give a checkpoint of {model}")
    return path


def hub_folder(repository: str, with_weights: bool, download: bool) -> Path:
    """Return the folder in the hub's cache with the open_clip configuration, and the weights, of ``OWNER/NAME``.

    Raises:
        WeightsError: it is not there and must not, or cannot, be fetched.
    """
    from huggingface_hub import hf_hub_download

    def fetched(name: str) -> Path:
        return Path(hf_hub_download(repository, name, local_files_only=not download))

    try:
        folder = fetched("open_clip_config.json").parent
        if with_weights:
            try:
                fetched(_HUB_FILES[0])
            except Exception:  # older models have the other file alone
                fetched(_HUB_FILES[1])
    except Exception as error:  # the hub raises a dozen unrelated kinds; the user needs one line
        ways = "copy the hub's cache of a machine that has it, or use arch=local-dir:FOLDER"
        if not download:
            ways = f"allow backbone.download=true, {ways}"
        raise WeightsError(
            f"hf-hub:{repository} is not in the hub's cache with open_clip_config.json and weights: {ways} "
            f"({str(error).splitlines()[0] if str(error) else type(error).__name__})"
        ) from error
    return folder


def _in_cache(repository: str) -> Path | None:
    """The file that an earlier download left in the hub's cache."""
    if not repository:
        return None
    from huggingface_hub import try_to_load_from_cache

    for name in _HUB_FILES:
        found = try_to_load_from_cache(repository, name)
        if isinstance(found, str):
            return Path(found)
    return None


def _download(known: dict[str, str], arch: str, tag: str) -> Path:
    from open_clip import download_pretrained

    try:
        return Path(download_pretrained(known))
    except Exception as error:  # the hub raises a dozen unrelated kinds; the user needs one line
        raise WeightsError(
            f"could not download {arch} ({tag}): {str(error).splitlines()[0]}; "
            "fetch the file elsewhere and give backbone.weights=FILE"
        ) from error


def file_hash(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_hash(path: Path, expected: str) -> None:
    """Refuse a file that is not the one the project shipped.

    Raises:
        WeightsError: the file is damaged or another one.
    """
    found = file_hash(path)
    if found != expected:
        raise WeightsError(
            f"{path}: SHA-256 {found[:16]}... is not {expected[:16]}...: the file is damaged or another model's; "
            "restore it, or load your own with backbone=local"
        )


def reason(error: Exception) -> str:
    """One line of an error that may have hundreds."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if any(
        sign in str(error) for sign in ("size mismatch", "key(s) in state_dict", "pos_embed width changed")
    ):
        return f"a checkpoint of another model ({lines[min(1, len(lines) - 1)][:160]})"
    if isinstance(error, pickle.UnpicklingError):
        return "it holds more than tensors, or is torn; only weights are read, code never is"
    return lines[0] if lines else type(error).__name__


class quiet:  # noqa: N801 - used like a function
    """open_clip narrates every step of loading to the root logger."""

    def __enter__(self) -> None:
        self.before = logging.root.manager.disable
        logging.disable(logging.WARNING)

    def __exit__(self, *_: object) -> None:
        logging.disable(self.before)
