"""Loggers that fail, and what that costs: the logging, never the run."""

import csv
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lightning.pytorch.loggers import CSVLogger, WandbLogger

from pointclip2.app import loggers
from pointclip2.app.compose import compose
from pointclip2.app.loggers import open_loggers
from pointclip2.app.run import evaluate
from pointclip2.show.dashboards import UnfailingLogger, close_wandb, show, wandb_closed_after
from pointclip2.types import ConfigError
from tests.show.page.exhibits import classified
from tests.toy import toy_folder, toy_overrides


class FullDisk(CSVLogger):
    """A disk that is full from the ``calls``-th call on."""

    def __init__(self, save_dir: Path, calls: int = 0) -> None:
        super().__init__(save_dir)
        self.calls = calls

    def log_metrics(self, metrics: Any, step: int | None = None) -> None:
        self.calls -= 1
        if self.calls < 0:
            raise OSError(28, "No space left on device")
        super().log_metrics(metrics, step)


def test_a_logger_that_fails_is_named_once_and_then_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    logger = UnfailingLogger(FullDisk(tmp_path, calls=1))
    for step in range(4):
        logger.log_metrics({"test/acc": 0.5}, step)
    logger.save()
    logger.finalize("success")
    [record] = caplog.records
    assert "FullDisk: logging has failed" in record.message
    assert "No space left on device" in record.message
    assert "\n" not in record.message


def test_a_logger_that_works_writes_what_it_would_have_written(tmp_path: Path) -> None:
    inner = CSVLogger(tmp_path, name="csv", version="")
    logger = UnfailingLogger(inner)
    logger.log_hyperparams({"seed": 1})
    logger.log_metrics({"test/acc": 0.5}, 3)
    logger.finalize("success")
    assert (logger.name, logger.version) == (inner.name, inner.version)
    assert (logger.save_dir, logger.log_dir) == (inner.save_dir, inner.log_dir)
    with (tmp_path / "csv" / "metrics.csv").open(newline="") as file:
        assert list(csv.DictReader(file)) == [{"step": "3", "test/acc": "0.5"}]


def test_an_interrupt_is_not_swallowed(tmp_path: Path) -> None:
    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        UnfailingLogger(FullDisk(tmp_path)).attempt(stop)


def test_csv_and_wandb_combine_and_none_is_none() -> None:
    def chosen(*words: str) -> list[str]:
        return list(compose("evaluate", list(words)).logger)

    assert chosen("logger=[csv,wandb]") == ["csv", "wandb"]
    assert chosen("logger=wandb") == ["wandb"]
    assert chosen() == ["csv"]
    assert chosen("logger=none") == []


def test_an_unknown_option_of_a_logger_is_an_error(tmp_path: Path) -> None:
    cfg = compose("evaluate", ["logger=csv", f"run_dir={tmp_path}", "+logger.csv.colour=red"])
    with pytest.raises(ConfigError, match="colour"):
        open_loggers(cfg, "evaluate")


class Wandb:
    """What stands in ``sys.modules`` for wandb: one run at a time."""

    def __init__(self, run: str | None) -> None:
        self.run = run
        self.finished: list[str | None] = []

    def finish(self) -> None:
        self.finished.append(self.run)
        self.run = None


def test_a_run_that_was_opened_inside_is_closed_even_by_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    wandb = Wandb(None)
    monkeypatch.setitem(sys.modules, "wandb", wandb)

    def fails() -> None:
        with wandb_closed_after():
            wandb.run = "ours"
            raise ConfigError("wrong")

    with pytest.raises(ConfigError, match="wrong"):
        fails()
    assert wandb.finished == ["ours"]


def test_a_run_that_was_open_before_is_left_to_its_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    wandb = Wandb("theirs")
    monkeypatch.setitem(sys.modules, "wandb", wandb)
    with wandb_closed_after():
        pass
    assert wandb.finished == []


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Online mode, and nobody at the other end."""
    monkeypatch.delenv("WANDB_MODE", raising=False)
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("WANDB_API_KEY", "a" * 40)
    monkeypatch.setattr(loggers, "TIMEOUTS_S", {"init_timeout": 1.0, "finish_timeout": 5.0})
    monkeypatch.setattr(loggers, "_offline_from_now", False)
    yield
    close_wandb()


@pytest.mark.filterwarnings("ignore")  # wandb's own
def test_where_wandb_cannot_be_reached_the_run_is_kept_on_disk_and_one_line_says_so(
    tmp_path: Path, unreachable: None, caplog: pytest.LogCaptureFixture
) -> None:
    toy = toy_folder(tmp_path / "toy")
    words = [*toy_overrides(toy, tmp_path / "out"), "data.limit=4", "logger=[csv,wandb]"]
    caplog.set_level(logging.WARNING, "pointclip2")
    result = evaluate(compose("evaluate", words))
    ours = [record for record in caplog.records if record.name.startswith("pointclip2")]
    said = [record.message for record in ours if record.levelno >= logging.WARNING]
    assert len(said) == 1
    assert "wandb cannot be reached" in said[0]
    kept = said[0].rsplit("wandb sync ", 1)[1]
    assert list(Path(kept).glob("run-*.wandb"))
    assert json.loads((result.run_dir / "results.json").read_text())["metrics"] == result.metrics
    assert (result.run_dir / "csv" / "metrics.csv").is_file()


def test_a_full_disk_while_logging_costs_neither_results_nor_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(CSVLogger, "log_metrics", full)
    toy = toy_folder(tmp_path / "toy")
    words = [*toy_overrides(toy, tmp_path / "out"), "data.limit=4", "logger=csv"]
    result = evaluate(compose("evaluate", words))
    assert [record.message for record in caplog.records if "logging has failed" in record.message]
    assert json.loads((result.run_dir / "results.json").read_text())["metrics"] == result.metrics
    assert (result.run_dir / "report.html").is_file()


def test_a_report_that_cannot_be_written_is_one_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    show(classified(), tmp_path, [], report=True)
    [record] = caplog.records
    assert "report.html was not written" in record.message
    assert list(tmp_path.iterdir()) == []


def test_media_that_cannot_be_logged_leave_the_report(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(WandbLogger):
        def __init__(self) -> None:
            pass

        @property
        def experiment(self) -> Any:
            raise OSError(28, "No space left on device")

    show(classified(), tmp_path, [UnfailingLogger(Broken())], report=True)
    assert [record for record in caplog.records if "Broken: logging has failed" in record.message]
    assert (tmp_path / "report.html").is_file()


def test_on_a_full_disk_the_report_makes_room_for_the_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pointclip2.app.run

    original = pointclip2.app.run.write_results

    def tight(run_dir: Path, record: Any) -> Path:
        if (run_dir / "report.html").exists():
            raise OSError(28, "No space left on device")
        return original(run_dir, record)

    monkeypatch.setattr(pointclip2.app.run, "write_results", tight)
    toy = toy_folder(tmp_path / "toy")
    result = evaluate(compose("evaluate", [*toy_overrides(toy, tmp_path / "out"), "data.limit=4"]))
    assert (result.run_dir / "results.json").is_file()


def test_a_projector_that_cannot_be_asked_for_its_cameras_costs_only_these(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(projector: Any) -> None:
        raise RuntimeError("two points are\nno cloud")

    monkeypatch.setattr("pointclip2.app.run.cameras_of", fails)
    toy = toy_folder(tmp_path / "toy")
    result = evaluate(compose("evaluate", [*toy_overrides(toy, tmp_path / "out"), "data.limit=4"]))
    assert "the page shows no cameras: two points are no cloud" in [
        record.message for record in caplog.records
    ]
    assert (result.run_dir / "results.json").is_file()
    page = (result.run_dir / "report.html").read_text(encoding="utf-8")
    assert '<table class="sortable views">' in page
    assert 'id="rig"' not in page
