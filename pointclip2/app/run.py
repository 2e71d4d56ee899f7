"""Runs a composed configuration: places it, builds its task, lets it run, and records what was found."""

import json
import logging
import math
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from lightning import seed_everything
from omegaconf import DictConfig, OmegaConf, open_dict
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pointclip2.app.compose import build
from pointclip2.app.console import quiet_lightning
from pointclip2.app.options import resolved, told
from pointclip2.app.processes import watched_over
from pointclip2.app.records import config_hash, environment, git_commit, write_results
from pointclip2.app.targets import check_targets
from pointclip2.app.trainers import ConfiguredTrainers
from pointclip2.cache import FeatureCache
from pointclip2.errors import ConfigError, DataError
from pointclip2.show.cameras import Camera, cameras_of
from pointclip2.show.comparison import FAILED, RESULTS
from pointclip2.show.dashboards import show, wandb_closed_after
from pointclip2.show.dashboards.loggers import one_line, wandb_of
from pointclip2.show.dashboards.show import REPORT
from pointclip2.show.exhibit import Exhibit, Prediction
from pointclip2.tasks.run import Provenance, Run, Stopwatch
from pointclip2.tasks.task import Finding, Task
from pointclip2.writing import sweep_left, write_text

log = logging.getLogger(__name__)

RECORDED = ("data", "projector", "pretraining")
"""Options that a record or a resumed training refers to."""
ANSWERS = 20
"""Samples whose answers are printed where nothing is labelled."""
CONFIGURATION = Path(".hydra", "config.yaml")
"""Where the composed configuration lies in a run's folder."""
BESIDE = 20
"""Runs before this one whose folders are looked at."""
PICTURES = 8
"""Shapes on ``views.png`` unless told otherwise."""


@dataclass
class Result:
    """What a run found."""

    metrics: dict[str, float]
    """Fractions by name, as in ``results.json``."""
    objective: float
    """The metric that ``objective`` names, or the task's own; NaN where no sample has a label."""
    skipped: Mapping[str, str]
    """Samples that could not be read, and why."""
    run_dir: Path
    predictions: Any
    seconds: dict[str, float] = field(default_factory=dict)


def evaluate(cfg: DictConfig) -> Result:
    """Evaluate a composed configuration and record the result.

    Raises:
        UserError: with one line that says what is wrong and what to do.
    """
    return evaluate_own(cfg.copy())


def evaluate_own(cfg: DictConfig) -> Result:
    """Evaluate a configuration that nobody else uses: it is filled in; see `evaluate`."""
    with watched_over(), quiet_lightning(), wandb_closed_after():
        return _evaluate(cfg)


def _evaluate(cfg: DictConfig) -> Result:
    watch = Stopwatch()
    _place(cfg)
    seed_everything(cfg.seed, workers=True, verbose=False)
    # Everything that the run needs is built here, and handed on.
    with watch.stage("load"):
        task, run = prepared(cfg, watch, anew=True)
    finding = task.run(run)
    skipped = {**finding.skipped, **run.passed_over}
    judged_by = cfg.objective or task.objective
    objective = _objective(judged_by, finding.metrics)
    record = {**finding.record, "seconds": _seconds(watch), **environment()} if run.first else {}
    if run.passed_over and record:  # of what was learned from, too: such a record is no finished job's
        record["data"] = {**record["data"], "skipped": skipped}
    if run.first and (cfg.report or wandb_of(finding.loggers) is not None):
        with watch.stage("show"):
            show(_exhibit(finding, record, cfg), run.folder, finding.loggers, cfg.report)
    result = Result(finding.metrics, objective, skipped, run.folder, finding.predictions, watch.report())
    if run.first:
        judged = {"metric": judged_by, "value": None if math.isnan(objective) else objective}
        record = {**record, "objective": judged, "seconds": _seconds(watch)}
        # Before anything is printed: whoever reads may be gone.
        taken, reason = run.place(lambda folder: _written(folder, record, cfg))
        print_finding(finding, record)
        if taken != run.folder:
            where = (
                "the figures above are all there is of this run" if taken is None else f"it lies in {taken}"
            )
            raise DataError(
                f"{run.folder / RESULTS} could not be written ({reason}): {where}; make room and run it again"
            )
        print(f"results: {run.folder / RESULTS}")
    return result


def prepared(cfg: DictConfig, watch: Stopwatch, anew: bool = False) -> tuple[Task, Run]:
    """Build the task, and what it is given: the run's folder, clock, cache and trainers.

    ``anew`` takes away what an earlier run left in the same folder.

    Raises:
        UserError: an option that cannot work.
    """
    content = resolved(cfg)
    for part in (
        "callbacks",
        "logger",
    ):  # also where everything is cached, and no trainer is made that has them
        check_targets(content.get(part))
    run = _run(cfg, content, watch)
    if anew:
        _clear(run)
    return _task(content), run


def _task(content: Mapping[str, Any]) -> Task:
    """Build the task with all that it joins; jobs of a sweep in one process share the frozen backbone."""
    node = dict(content["task"])
    if isinstance(node.get("data"), dict):
        # `shots` says how much of the data is learned from, and is the task's.
        node["data"] = {key: value for key, value in node["data"].items() if key != "shots"}
    backbone = content.get("backbone")
    if sweeping() and backbone is not None:
        node = _replaced(node, backbone, _shared_backbone(backbone))
    task: Task = build(node)
    return task


def _replaced(node: Any, wanted: dict[str, Any], made: Any) -> Any:
    """Put an object in the place of every description of it."""
    if node == wanted:
        return made
    if isinstance(node, dict):
        return {key: _replaced(value, wanted, made) for key, value in node.items()}
    return [_replaced(value, wanted, made) for value in node] if isinstance(node, list) else node


_BACKBONES: dict[str, Any] = {}


def _shared_backbone(node: dict[str, Any]) -> Any:
    key = json.dumps(node, sort_keys=True)
    if key not in _BACKBONES:
        _BACKBONES.clear()  # one at a time: a large one fills a GPU
        _BACKBONES[key] = build(node)
    return _BACKBONES[key]


def _run(cfg: DictConfig, content: Mapping[str, Any], watch: Stopwatch) -> Run:
    features = cfg.features
    options = {name: content[name] for name in RECORDED if isinstance(content.get(name), dict)}
    choices = HydraConfig.get().runtime.choices if HydraConfig.initialized() else {}
    return Run(
        folder=Path(cfg.run_dir),
        trainers=ConfiguredTrainers(cfg, "train" if "resume" in cfg else "evaluate"),
        cache=FeatureCache(
            Path(cfg.paths.features) if features.cache else None,
            features.shard_size,
            features.batch_size,
            features.num_workers,
        ),
        provenance=Provenance(
            config_hash=config_hash(content),
            options=options,
            expect=content["expect"],
            choices={str(group): str(name) for group, name in choices.items()},
            git_commit=git_commit(),
        ),
        seed=int(cfg.seed),
        pictures=cfg.pictures,
        resume=bool(cfg.get("resume", True)),
        elsewhere=_elsewhere(cfg),
        unfinished=Path(cfg.paths.outputs) / "unfinished",
        watch=watch,
    )


def _elsewhere(cfg: DictConfig) -> list[Path]:
    """Where a run goes whose folder takes nothing: other folders, maybe on other disks."""
    run_dir = Path(cfg.run_dir)
    sweep = f"{run_dir.parent.name}-" if sweeping() else ""
    name = f"pointclip2-{sweep}{run_dir.name}-{datetime.now():%Y-%m-%d_%H-%M-%S-%f}"  # nobody else's
    return [Path(root) / name for root in (cfg.paths.outputs, Path.cwd(), tempfile.gettempdir())]


def _seconds(watch: Stopwatch) -> dict[str, float]:
    return {stage: round(spent, 3) for stage, spent in watch.report().items()}


def _written(run_dir: Path, record: Mapping[str, Any], cfg: DictConfig) -> Path:
    """``results.json``; on a full disk the page makes room for it."""
    if not HydraConfig.initialized() or Path(HydraConfig.get().runtime.output_dir) != run_dir:
        # Hydra's own copy lies elsewhere, or nowhere; `pointclip2 verify` repeats the run with it.
        (run_dir / CONFIGURATION).parent.mkdir(exist_ok=True)
        write_text(run_dir / CONFIGURATION, OmegaConf.to_yaml(cfg))
    try:
        return write_results(run_dir, record)
    except OSError:
        (run_dir / REPORT).unlink(missing_ok=True)
        return write_results(run_dir, record)


def _exhibit(finding: Finding, record: Mapping[str, Any], cfg: DictConfig) -> Exhibit:
    """What there is to show; without cameras where the task has no projector."""
    cameras: tuple[Camera, ...] = ()
    if hasattr(finding.projector, "rig") and (record.get("per_view") or record.get("view_weights")):
        try:
            cameras = cameras_of(finding.projector)
        except Exception as error:  # someone's own projector, asked for a cloud of two points
            log.warning("the page shows no cameras: %s", one_line(error))
    return Exhibit(
        title=finding.title,
        sentence=finding.sentence,
        record=record,
        options=told(cfg),
        gallery=tuple(finding.gallery),
        predictions=tuple(finding.said),
        confusion=finding.confusion,
        cameras=cameras,
    )


def sweeping() -> bool:
    """Return whether this is a job of a multirun."""
    return HydraConfig.initialized() and HydraConfig.get().mode == RunMode.MULTIRUN


def print_finding(finding: Finding, record: Mapping[str, Any]) -> None:
    """The table a run ends with, and what has to be said beside it."""
    console = Console()
    backbone, seconds = record["backbone"], record["seconds"]
    table = Table(title=escape(finding.title))
    table.add_column("")
    table.add_column("%", justify="right")
    for row in finding.rows:
        table.add_row(*map(escape, row))  # a class may be called [/x]
    slowest = max((stage for stage in seconds if stage != "total"), key=seconds.__getitem__)
    table.add_row("slowest stage", f"{slowest} {seconds[slowest]:.1f} s")
    table.add_row("all", f"{seconds['total']:.1f} s")
    console.print(table)
    if not finding.metrics and finding.said:
        console.print(_answers(finding.said))
    if not backbone["trained"]:
        console.print(f"[bold red]{escape(backbone['trained_on'])}[/]")
    if finding.skipped:
        total = len(finding.skipped) + record["data"]["n"]
        console.print(f"[bold red]{len(finding.skipped)} of {total} samples could not be read:[/]")
        for name, reason in list(finding.skipped.items())[:5]:
            console.print(f"  {reason}" if name in reason else f"  {name}: {reason}", markup=False)
    console.print(finding.sentence, markup=False)


def _answers(said: Sequence[Prediction]) -> Table:
    """What was said of the first samples, where nothing is labelled and no figure says how good that is."""
    table = Table(title="what was said" if len(said) <= ANSWERS else f"the first {ANSWERS} of {len(said)}")
    table.add_column("sample", overflow="fold")
    table.add_column("said", style="bold")
    table.add_column("%", justify="right")
    table.add_column("next", style="dim")
    for one in said[:ANSWERS]:
        (name, share), *rest = one.said or (("nothing", math.nan),)
        others = ", ".join(f"{other} {100 * value:.0f}" for other, value in rest[:2])
        table.add_row(escape(one.name), escape(name), f"{100 * share:.0f}", escape(others))
    return table


def _place(cfg: DictConfig) -> None:
    """Fill in the run directory and the sweep's group."""
    with open_dict(cfg):
        if HydraConfig.initialized():
            hydra = HydraConfig.get()
            cfg.run_dir = cfg.run_dir or hydra.runtime.output_dir
            if cfg.group is None and sweeping():
                cfg.group = Path(hydra.sweep.dir).name
        if cfg.run_dir is None:
            cfg.run_dir = str(Path(cfg.paths.outputs) / "runs" / f"{datetime.now():%Y-%m-%d_%H-%M-%S-%f}")
        cfg.pop("hydra", None)
        if cfg.pictures is None:
            # Drawing takes longer than everything else of a job on cached features.
            cfg.pictures = 0 if sweeping() and "wandb" not in cfg.logger else PICTURES
        if cfg.report is None:
            cfg.report = not sweeping() or "wandb" in cfg.logger
    run_dir = Path(cfg.run_dir)
    run_dir.mkdir(parents=True, exist_ok=True)
    if not sweeping():
        _sweep_killed(run_dir)


def _clear(run: Run) -> None:
    """Take away what an earlier run left in the same folder: what is there at the end must be this run's."""
    first = True  # where the trainer's options are wrong, too
    try:
        first = run.first
    finally:
        for name in (RESULTS, FAILED, REPORT) if first else ():
            (run.folder / name).unlink(missing_ok=True)


def _sweep_killed(run_dir: Path) -> None:
    """Remove what killed runs were writing into their folders: no other run will write there."""
    with suppress(OSError):
        for beside in sorted(run_dir.parent.iterdir())[-BESIDE:]:
            if not (beside / RESULTS).is_file():
                for folder in (beside, *filter(Path.is_dir, beside.iterdir())):
                    sweep_left(folder)


def _objective(name: str, metrics: Mapping[str, float]) -> float:
    if not metrics:
        return math.nan
    if name not in metrics:
        known = ", ".join(metric for metric in metrics if "_class/" not in metric)
        raise ConfigError(f"objective={name}: this run has no such metric; it has {known}")
    return float(metrics[name])
