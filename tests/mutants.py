"""A program: break one line of the package at a time and see whether the tests that guard it fail.

``python tests/mutants.py [--only WORD]`` works on a temporary copy, prints a table, and exits 1 if a mutant survives.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
COPIED = (
    "pointclip2",
    "tests",
    "conf",
    "data",
    "outputs/published",
    "README.md",
    "pyproject.toml",
    "evaluate.py",
    "train.py",
)
PROCESSES = 2
SECONDS = 600
"""After so long a mutant counts as caught: its tests hang."""
PLUGIN = """
from hypothesis import Phase, settings

settings.register_profile("mutants", database=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
settings.load_profile("mutants")
"""
"""An example that fails is enough: looking for the smallest takes longer than everything else."""
FAILED = 1
"""Exit status of pytest where a test failed, and nothing else went wrong."""


@dataclass(frozen=True)
class Mutant:
    """One line of the package, broken."""

    name: str
    file: str
    """Below the package."""
    old: str
    """Text that stands in the file once."""
    new: str
    tests: str
    """Files or tests that should see it, below ``tests``, as on pytest's command line."""


VIEWS = "geometry/test_views.py"
BOXES = "geometry/test_boxes.py"
REALISTIC = "encoders/projectors/test_realistic.py"
EVERY = "encoders/projectors/test_every_projector.py"
GOLDEN = "encoders/projectors/test_golden.py"
BACK = "encoders/test_back_projection.py"
CLASSIFICATION = "metrics/test_classification.py"
PART_IOU = "metrics/test_part_iou.py"
BOX_AP = "metrics/test_box_ap.py"
GRID = "heads/search/test_grid.py"
SPLITS = "heads/search/test_splits.py"
INTER_VIEW = "heads/adapters/test_inter_view.py"
MEMORY = "heads/adapters/test_memory.py"
PROMPTS = "text/test_prompt_set.py"
ENCODE = "text/test_encode.py"
POINT_FILES = "data/files/test_point_files.py"
PREPARE = "data/test_prepare.py"
SHOTS = "data/test_shots.py"
BOX_SCORES = "tasks/detection/test_box_scores.py"
BOX_FILES = "tasks/detection/test_files.py"
KEYS = "cache/test_keys.py"
STORE = "cache/test_store.py"
EPOCHS = "tasks/few_shot/test_choice_of_epoch.py"

# fmt: off
MUTANTS = (
    Mutant("views turned the other way", "geometry/views.py",
           "return (rx @ ry @ rz).T", "return rx @ ry @ rz", VIEWS),
    Mutant("two axes of the cloud swapped", "geometry/views.py",
           "x, y, z = points.transpose", "x, z, y = points.transpose", VIEWS),
    Mutant("a ring goes round the other way", "geometry/views.py",
           "start_deg + step * k", "start_deg - step * k", VIEWS),

    Mutant("cells rounded down", "encoders/projectors/quantise.py",
           "plane = torch.ceil(", "plane = torch.floor(", REALISTIC),
    Mutant("layers rounded down", "encoders/projectors/quantise.py",
           "layer = torch.ceil(", "layer = torch.floor(", REALISTIC),
    Mutant("cells reach the border", "encoders/projectors/quantise.py",
           "plane.clamp_(1, resolution - 2)", "plane.clamp_(0, resolution - 1)", REALISTIC),
    Mutant("a grid one layer deeper", "encoders/projectors/quantise.py",
           "(1 + depth_bias) * (depth - 2)", "(1 + depth_bias) * (depth - 1)", REALISTIC),
    Mutant("rows and columns of cells swapped", "encoders/projectors/quantise.py",
           "Cells(plane[:, :, 0], plane[:, :, 1]", "Cells(plane[:, :, 1], plane[:, :, 0]", REALISTIC),
    Mutant("a sensor's largest float is a point", "encoders/projectors/quantise.py",
           "finite = (points.abs() < LARGEST)", "finite = points.isfinite()",
           f"{EVERY} -k no_measurement"),
    Mutant("padding moves no cell", "encoders/projectors/grid_filter.py",
           "return (self.pool_padding[axis] - self.pool[axis] // 2) + (", "return (", REALISTIC),
    Mutant("empty cells weigh in a mean", "encoders/projectors/grid_filter.py",
           "return flat / occupied.clamp(min=1)", "return flat / (spec.pool[0] * spec.pool[1] ** 2)", REALISTIC),
    Mutant("the minimum of a view is its maximum", "encoders/projectors/realistic.py",
           "torch.where(values > 0, values, torch.inf).amin(dim=1)", "values.amax(dim=1)", REALISTIC),
    Mutant("pixels keep their place when the image is cropped", "encoders/projectors/realistic.py",
           "column + shift], dim=-1) - self.crop_px", "column + shift], dim=-1)", REALISTIC),
    Mutant("resized pixels rounded down", "encoders/projectors/realistic.py",
           "(-(-pixel * self.size_px // side))", "(pixel * self.size_px // side)", REALISTIC),
    Mutant("a hidden point is visible", "encoders/projectors/realistic.py",
           "return Projection(image, pixel, visible & inside)", "return Projection(image, pixel, inside)", REALISTIC),
    Mutant("the camera's pixels rounded down", "encoders/projectors/perspective.py",
           "torch.ceil((axis.detach()", "torch.floor((axis.detach()", "encoders/projectors/test_perspective.py"),
    Mutant("a disc is off the last pixel", "encoders/projectors/splat.py",
           "clamp_(0, self.resolution - 1)", "clamp_(0, self.resolution - 2)", "encoders/projectors/test_splat.py"),

    Mutant("a view's weight does not count at a point", "encoders/back_projection.py",
           "share = share * (weights.view(-1, 1, 1) if weights.ndim == 1 else weights)", "share = share * 1", BACK),
    Mutant("a view without weight sees", "encoders/back_projection.py",
           "(share > 0).any(dim=0)", "visible.any(dim=1)", BACK),
    Mutant("a window reaches up and left", "encoders/back_projection.py",
           "before, after = (window - 1) // 2, window // 2", "before, after = window // 2, (window - 1) // 2", BACK),
    Mutant("a map is read half a pixel off", "encoders/back_projection.py",
           "* scale + 0.5", "* scale", BACK),
    Mutant("a map that is not square is read as one", "encoders/back_projection.py",
           "(row * columns + column)", "(row * rows + column)", BACK),

    Mutant("views are averaged, not added", "heads/fusion.py",
           'return torch.einsum("v,vbk->bk", weights, logits)',
           'return torch.einsum("v,vbk->bk", weights, logits) / len(weights)', "heads/test_fusion.py"),
    Mutant("the first shape's weights for all", "heads/fusion.py",
           'torch.einsum("vb,vbk->bk", weights, logits)', 'torch.einsum("v,vbk->bk", weights[:, 0], logits)',
           "heads/test_fusion.py"),
    Mutant("the soft-max is over shapes", "heads/fusion.py",
           ".softmax(dim=-1)", ".softmax(dim=0)", "heads/test_fusion.py"),

    Mutant("a class without samples counts 0", "metrics/functional.py",
           "class_accuracy(matrix).nanmean()", "class_accuracy(matrix).nan_to_num().mean()", CLASSIFICATION),
    Mutant("top 5 has six", "metrics/functional.py",
           "return (rank < k) & known", "return (rank <= k) & known", CLASSIFICATION),
    Mutant("the confusion lies on its side", "metrics/functional.py",
           "target[known] * classes + prediction[known]", "prediction[known] * classes + target[known]",
           CLASSIFICATION),
    Mutant("a tie is won by the higher class", "metrics/functional.py",
           "device=logits.device) < index)", "device=logits.device) > index)", CLASSIFICATION),
    Mutant("an absent part counts 0", "metrics/part_iou.py",
           "return torch.where(union == 0, torch.ones_like(iou), iou)", "return iou", PART_IOU),
    Mutant("unlabelled points are predictions", "metrics/part_iou.py",
           "(prediction.unsqueeze(-1) == ids) & known.unsqueeze(-1)", "(prediction.unsqueeze(-1) == ids)", PART_IOU),
    Mutant("an instance mean of categories", "metrics/part_segmentation.py",
           'figures[f"{self.prefix}/miou_instance"] = float(iou[labelled].mean())',
           'figures[f"{self.prefix}/miou_instance"] = sum(c := self._by_category(shapes, iou).values()) / len(c)',
           PART_IOU),
    Mutant("a category mean of shapes", "metrics/part_segmentation.py",
           "mean = sum(by_category.values()) / len(by_category)", "mean = float(iou[labelled].mean())", PART_IOU),
    Mutant("an overlap of exactly the threshold is a hit", "metrics/box_ap.py",
           "hit = overlap[order] > threshold", "hit = overlap[order] >= threshold", BOX_AP),
    Mutant("a true box is found twice", "metrics/box_ap.py",
           "true[first] = True", "true[candidates] = True", BOX_AP),
    Mutant("precision without its envelope", "metrics/box_ap.py",
           "envelope = precision.flip(0).cummax(0).values.flip(0)", "envelope = precision", BOX_AP),
    Mutant("covered by exactly the threshold", "metrics/box_ap.py",
           "float((covered > threshold).double().mean())", "float((covered >= threshold).double().mean())", BOX_AP),

    Mutant("suppression at exactly the threshold", "geometry/boxes.py",
           "> iou) & same).cpu()", ">= iou) & same).cpu()", BOXES),
    Mutant("suppression across classes", "geometry/boxes.py",
           "> iou) & same).cpu()", "> iou)).cpu()", f"{BOXES} {BOX_AP}"),
    Mutant("a union counts the overlap twice", "geometry/boxes.py",
           "union = volume_a[:, None] + volume_b - shared", "union = volume_a[:, None] + volume_b", BOXES),
    Mutant("a margin moves faces inwards", "geometry/boxes.py",
           "boxes.size_m[box] / 2 + margin_m)", "boxes.size_m[box] / 2 - margin_m)", BOXES),
    Mutant("points turn with the box, not against it", "geometry/boxes.py",
           "_turned(moved, -heading_rad", "_turned(moved, heading_rad", BOXES),
    Mutant("padding may be sampled", "geometry/sampling.py",
           "self.nearest[_squares(self.points.copy()) <= near_origin] = -1", "pass", "geometry/test_sampling.py"),
    Mutant("of equally far points the last", "geometry/sampling.py",
           "rows[top].argsort()[:_CANDIDATES]", "rows[top].argsort()[::-1][:_CANDIDATES]", "geometry/test_sampling.py"),

    Mutant("an equal candidate replaces the best", "heads/search/grid.py",
           "left = (most > best).nonzero()[:, 0]", "best -= 1; left = (most > best).nonzero()[:, 0]", GRID),
    Mutant("of equal candidates the last", "heads/search/grid.py",
           "int(tried[counts == best][0])", "int(tried[counts == best][-1])", GRID),
    Mutant("the lowest level is never tried", "heads/search/candidates.py",
           "tried = list(dict.fromkeys(float(level) for level in levels))",
           "tried = list(dict.fromkeys(float(level) for level in levels))[1:]", GRID),
    Mutant("an equal level replaces the weight", "heads/search/ascent.py",
           "if float(scores.max()) > best:", "if float(scores.max()) >= best:", "heads/search/test_ascents.py"),
    Mutant("what is held out depends on the order", "heads/search/splits.py",
           "{seed}/holdout/{names[position]}", "{seed}/holdout/{position}", SPLITS),
    Mutant("a class may be held out whole", "heads/search/splits.py",
           "drawn[: max(1, round(share * len(drawn)))]", "drawn[: max(1, len(drawn))]", SPLITS),
    Mutant("train may be searched and evaluated", "heads/search/splits.py",
           'if evaluated == "train":', 'if evaluated == "":', SPLITS),

    Mutant("the residual is the other share", "heads/adapters/inter_view.py",
           "torch.lerp(self.to_views(everything), views.flatten(1), self.residual)",
           "torch.lerp(views.flatten(1), self.to_views(everything), self.residual)", INTER_VIEW),
    Mutant("adapted views keep their length", "heads/adapters/inter_view.py",
           "return F.normalize(mixed, dim=1)", "return mixed", INTER_VIEW),
    Mutant("a memory does not centre", "heads/adapters/memory.py",
           "self.mean = vectors.mean(dim=0)", "pass", MEMORY),
    Mutant("a class with more examples counts more", "heads/adapters/memory.py",
           "values = values / values.sum(dim=0).clamp(min=1)", "pass", MEMORY),
    Mutant("among equals the surest wrong one", "heads/adapters/memory.py",
           "-float(F.cross_entropy(logits, labels))", "float(F.cross_entropy(logits, labels))", MEMORY),
    Mutant("a warm-up epoch more", "heads/adapters/recipe.py",
           "if epoch < self.warmup_epochs:", "if epoch <= self.warmup_epochs:", "heads/adapters/test_recipe.py"),
    Mutant("the last epoch instead of the best", "tasks/few_shot/module.py",
           "self.adapter.load_state_dict(self.best_state)", "pass", EPOCHS),
    Mutant("an epoch as good replaces the best", "tasks/few_shot/module.py",
           "if (accuracy, -loss) > (self.best_acc, -self.best_loss):",
           "if (accuracy, -loss) >= (self.best_acc, -self.best_loss):", EPOCHS),
    Mutant("the best by its loss alone", "tasks/few_shot/module.py",
           "if (accuracy, -loss) > (self.best_acc, -self.best_loss):", "if -loss > -self.best_loss:", EPOCHS),

    Mutant("sentences' weights do not count", "text/encode.py",
           "return shares @ rows / shares.sum()", "return rows.mean(dim=0)", ENCODE),
    Mutant("class vectors are no unit vectors", "text/encode.py",
           "return F.normalize(torch.stack(means), dim=-1)", "return torch.stack(means)", ENCODE),
    Mutant("first means all", "text/prompt_set.py",
           'return texts[:1] if self.combine == "first" else texts', "return texts", PROMPTS),
    Mutant("weights are not in the hash", "text/prompt_set.py",
           "told.append([self.shares(label) for label in self.sentences])", "pass", PROMPTS),

    Mutant("z up is mirrored", "data/prepare.py",
           '"z": ((1, 0, 0), (0, 0, 1), (0, -1, 0))', '"z": ((1, 0, 0), (0, 0, 1), (0, 1, 0))', PREPARE),
    Mutant("random sampling knows no name", "data/prepare.py",
           "np.random.default_rng(stable_seed(seed_name))", "np.random.default_rng(0)", PREPARE),
    Mutant("a .pcd file without its height", "data/files/pcd.py",
           'int(header["WIDTH"][0]) * int(header["HEIGHT"][0])', 'int(header["WIDTH"][0])', POINT_FILES),
    Mutant("a .pcd field of two numbers is one", "data/files/pcd.py",
           "starts = np.cumsum([0, *widths])", "starts = np.arange(len(widths) + 1)", POINT_FILES),
    Mutant("named columns are the first three", "data/files/contents.py",
           "return axes[0], axes[1], axes[2]", "return 0, 1, 2", POINT_FILES),
    Mutant("a table of labels says no axis", "data/label_table.py",
           "self.ups[name] = up", 'self.ups[name] = ""', "data/test_folder.py"),
    Mutant("examples do not depend on the seed", "data/shots.py",
           "{seed}/shots/", "shots/", SHOTS),
    Mutant("every copy is the same", "data/shots.py",
           "/copy/{self.number}/", "/copy/", SHOTS),
    Mutant("a file's content is not in the checksum", "data/checksum.py",
           "                digest.update(content)", "                pass", "data/test_checksum.py"),

    Mutant("a class that is likely anyway gains", "tasks/detection/box_scores.py",
           "evidence - self.debias * self.log_bias", "evidence + self.debias * self.log_bias", BOX_SCORES),
    Mutant("background swallows nothing", "tasks/detection/box_scores.py",
           "return evidence.softmax(dim=1)[:, :classes]", "return evidence[:, :classes].softmax(dim=1)", BOX_SCORES),
    Mutant("the temperature makes no difference", "tasks/detection/box_scores.py",
           "evidence = logits / self.temperature", "evidence = logits", BOX_SCORES),

    Mutant("a scan is rounded before it is moved", "data/scan_frame.py",
           "np.round((points - matrix[:3, 3])", "np.round((points.astype(np.float32) - matrix[:3, 3])",
           "data/test_scan_folder.py"),
    Mutant("a corner of the file is the scene's, whichever way up", "data/scan_frame.py",
           "np.quantile(points @ turn.T, 0.005, axis=0, method=\"lower\") @ turn",
           "np.quantile(points, 0.005, axis=0, method=\"lower\")", "data/test_scan_folder.py"),
    Mutant("a size is not turned with its scan", "data/box_table.py",
           "boxes.size_m.double().cpu().numpy() @ np.abs(matrix[:3, :3]).T",
           "boxes.size_m.double().cpu().numpy() / np.abs(matrix[:3, 2]).max()", BOX_FILES),
    Mutant("boxes stay where the scene is", "data/box_table.py",
           "@ matrix[:3, :3].T + matrix[:3, 3]", "@ matrix[:3, :3].T", BOX_FILES),
    Mutant("the unit that a file states is not looked at", "data/box_table.py",
           "if unit and frame.unit else 1.0", "if False else 1.0", "data/test_scan_folder.py"),
    Mutant("a box turned about another axis is taken as it is", "data/box_table.py",
           "if up and up != up_of(frame)", "if False and up != up_of(frame)", "data/test_scan_folder.py"),
    Mutant("that nothing was proposed is not said", "proposals/box_encoder.py",
           "if count == 0:", "if False:",
           "tasks/detection/test_detector.py"),
    Mutant("what lies far away is written in 32 bits", "show/wireframe.py",
           "property double", "property float", BOX_FILES),

    Mutant("the checksum is not in the key", "cache/keys.py",
           '"data": dict(data),', '"data": {"name": data["name"], "split": data["split"]},', KEYS),
    Mutant("the precision is not in the key", "cache/keys.py",
           '"precision": precision,', '"precision": "32-true",', KEYS),
    Mutant("the source is not in the key", "cache/keys.py",
           "digest.update(path.read_bytes())", "pass", KEYS),
    Mutant("the projector is not in the key", "encoders/views.py",
           '"projector": self._projector_description,', '"projector": {},', "encoders/test_views.py"),
    Mutant("a torn shard is whole", "cache/store.py",
           "self.damaged[path] = error\n            return False",
           "self.damaged[path] = error\n            return True", STORE),
    Mutant("a shard that lacks a column is whole", "cache/store.py",
           "index is None or (self.columns is not None and set(columns) != set(self.columns))",
           "index is None", STORE),
    Mutant("shards are cut anywhere", "cache/store.py",
           "(rows.start // size + 1) * size", "rows.start + size", STORE),
)
# fmt: on


def copied(folder: Path) -> Path:
    """Return a copy of what the tests run on."""
    ignore = shutil.ignore_patterns("__pycache__", ".*")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignore)
        else:
            shutil.copy2(source, folder / name)
    (folder / "unshrunk.py").write_text(PLUGIN)
    return folder


def tested(folder: Path, tests: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    """Run some tests of a copy, to the first that fails."""
    words = [word if word.startswith("-") else f"tests/{word}" for word in tests]
    for at, word in enumerate(words):
        if word == "-k":
            words[at + 1] = words[at + 1].removeprefix("tests/")
    # Bytecode would be taken for that of the line before: same second, same size.
    environment = os.environ | {
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "unshrunk",
        "-m",
        "not slow",
        *words,
    ]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )


def outcome(mutant: Mutant, folder: Path) -> str:
    """Return what became of a mutant: ``caught``, ``SURVIVED``, or why it could not be tried."""
    path = folder / "pointclip2" / mutant.file
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    if text.count(mutant.old) != 1:
        return f"DOES NOT APPLY: {mutant.file} has its text {text.count(mutant.old)} times"
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        done = tested(folder, mutant.tests.split())
    except subprocess.TimeoutExpired:
        return "caught (its tests hang)"
    finally:
        path.write_text(text, encoding="utf-8")
    if done.returncode == FAILED:
        return "caught"
    return "SURVIVED" if done.returncode == 0 else f"NOT TRIED: pytest ended with {done.returncode}"


def main() -> int:
    """Try every mutant, at most two at a time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", metavar="WORD", default="", help="those with the word in their name or file"
    )
    only = parser.parse_args().only
    chosen = [mutant for mutant in MUTANTS if only in mutant.name or only in mutant.file]
    console = Console()
    with tempfile.TemporaryDirectory() as place:
        folders: Queue[Path] = Queue()
        for number in range(PROCESSES):
            folders.put(copied(Path(place) / str(number)))

        def tried(mutant: Mutant) -> str:
            folder = folders.get()
            try:
                found = outcome(mutant, folder)
            finally:
                folders.put(folder)
            print(f"{found}: {mutant.name}", file=sys.stderr, flush=True)
            return found

        unchanged = sorted({word for mutant in chosen for word in mutant.tests.split() if ".py" in word})
        done = tested(Path(place) / "0", unchanged)
        if done.returncode:
            console.print(f"The tests fail before anything is broken:\n{done.stdout[-3000:]}", markup=False)
            return 1
        with ThreadPoolExecutor(PROCESSES) as pool:
            found = list(pool.map(tried, chosen))
    table = Table("broken line", "in", "guarded by", "")
    for mutant, told in zip(chosen, found, strict=True):
        table.add_row(mutant.name, mutant.file, mutant.tests, told)
    console.print(table)
    caught = sum(told.startswith("caught") for told in found)
    console.print(f"{caught} of {len(chosen)} mutants caught")
    return 0 if caught == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
