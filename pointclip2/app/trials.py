"""The trials of a study in Optuna's storage, each with checksums of what it was asked for and of what it came to.

A study that was damaged in the sweep's own folder is put together again: the same trials are asked for, and jobs that
have their results are not run twice. SQLite itself notices only what it cannot read.
"""

import math
import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pointclip2.errors import ConfigError, DataError, is_transient, one_line, origins
from pointclip2.reading import check_regular
from pointclip2.sealed import FIELD, DamagedError, sealed
from pointclip2.show.comparison import RESULTS, read_results

if TYPE_CHECKING:
    import optuna

STORED = "study.db"
ASKED, TOLD = "checksum of what was asked", "checksum of what was told"
"""Attributes of a trial."""
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def open_study(
    folder: Path, name: str, directions: Sequence[Any], storage: str | None = None
) -> "optuna.Study":
    """Open a study, or begin it.

    Args:
        folder: of the sweep.
        name: of the study in its storage.
        directions: ``maximize`` or ``minimize``, for each value of a trial.
        storage: another than the file in the folder, as Optuna takes it. One of a user's own may hold trials without
            checksums, and is never begun anew.

    Raises:
        ConfigError: it cannot be opened, looks for something else, is damaged and the user's own; or Optuna is missing.
    """
    try:
        import optuna
    except ImportError as error:
        raise ConfigError("sweep=optuna needs Optuna: pip install 'pointclip2[sweep]'") from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    if storage is not None:
        try:
            return _opened(storage, name, directions, needed=False)
        except Exception as error:  # every database has its own
            raise _refusal(storage, error) from error
    path = folder / STORED
    own = f"sqlite:///{folder.resolve() / STORED}"
    if not os.path.lexists(path):
        return _begun(own, name, directions)
    try:
        _check_file(path)
        return _opened(own, name, directions, needed=True)
    except ConfigError:
        raise
    except Exception as error:
        if is_transient(error) or any(getattr(one, "sqlite_errorcode", 0) in _BUSY for one in origins(error)):
            raise _refusal(own, error) from error
        damaged = DamagedError(path, one_line(error)[:300])
    aside = path.with_name(f"{STORED}.damaged")
    path.with_name(f"{STORED}-journal").unlink(missing_ok=True)  # SQLite would take it for the new file's
    path.replace(aside)
    try:
        study = _begun(own, name, directions)
    except ConfigError:  # the place is to blame, such as a full disk
        aside.replace(path)
        raise
    print(f"{damaged}: the study is put together again from what its jobs left", file=sys.stderr)
    return study


def _begun(storage: str, name: str, directions: Sequence[Any]) -> "optuna.Study":
    try:
        return _opened(storage, name, directions, needed=True)
    except Exception as error:
        raise _refusal(storage, error) from error


def _refusal(storage: str, error: Exception) -> ConfigError:
    if isinstance(error, ConfigError):
        return error
    return ConfigError(f"hydra.sweeper.storage={storage}: {type(error).__name__}: {one_line(error)[:300]}")


@contextmanager
def kept_in(place: object) -> Iterator[None]:
    """Say in one line that a study cannot be read or written any more, such as on a full disk.

    Raises:
        ConfigError: that happened inside.
    """
    try:
        yield
    except Exception as error:
        databases = ("optuna", "sqlalchemy", "sqlite3")
        found = [one for one in origins(error) if type(one).__module__.partition(".")[0] in databases]
        if not found:
            raise
        raise ConfigError(
            f"{place}: {one_line(found[-1])[:300]}: what its jobs left is kept, and the same command goes on"
        ) from error


def _check_file(path: Path) -> None:
    check_regular(path)
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)) as file:
        found = [row[0] for row in file.execute("PRAGMA integrity_check(1)")]
    if found != ["ok"]:
        raise DataError(found[0])


def _opened(storage: str, name: str, directions: Sequence[Any], needed: bool) -> "optuna.Study":
    import optuna

    study = optuna.create_study(storage=storage, study_name=name, directions=directions, load_if_exists=True)
    held = [direction.name.lower() for direction in study.directions]
    if held != list(directions):
        raise ConfigError(
            f"hydra.sweeper.study_name={name}: the study in {storage} looks for {held}, not for {list(directions)}; "
            "give another name"
        )
    trials = study.get_trials(deepcopy=False)
    if needed and [trial.number for trial in trials] != list(range(len(trials))):
        raise DataError("some of its trials are gone")
    for trial in trials:
        _check(trial, needed)
    return study


def _check(trial: "optuna.trial.FrozenTrial", needed: bool) -> None:
    done = trial.state.is_finished()
    told = trial.user_attrs.get(TOLD if done else ASKED)
    if told is None and not (done and needed):
        return
    if told != _checksum(trial, trial.state.name if done else ASKED, trial.values if done else None):
        raise DataError(f"trial {trial.number} is not as it was written")


def _checksum(
    trial: "optuna.Trial | optuna.trial.FrozenTrial", state: str, values: Sequence[float] | None = None
) -> str:
    from optuna.distributions import distribution_to_json

    among = {name: distribution_to_json(one) for name, one in trial.distributions.items()}
    told = {"number": trial.number, "params": trial.params, "among": among, "state": state}
    return str(sealed({**told, "values": None if values is None else list(values)})[FIELD])


def note_asked(trial: "optuna.Trial") -> None:
    """Keep a checksum of what a trial was asked for, once that is known."""
    trial.set_user_attr(ASKED, _checksum(trial, ASKED))


def tell(study: "optuna.Study", trial: "optuna.Trial", values: Sequence[float] | None) -> None:
    """Tell a study what a trial came to, None where it failed, and keep a checksum of that beforehand: nothing can be
    added to a trial that is over."""
    from optuna.trial import TrialState

    state = TrialState.FAIL if values is None else TrialState.COMPLETE
    trial.set_user_attr(TOLD, _checksum(trial, state.name, values))
    study.tell(trial.number, None if values is None else list(values), state)


def values_of(job: Path, objective: Any, metrics: Sequence[str] = ()) -> list[float] | None:
    """Return what a job came to: its objective, or these of its metrics; None where it failed.

    Raises:
        ConfigError: the job has no such metric.
    """
    values = [objective]
    if metrics:
        try:
            found: Mapping[str, Any] = read_results(job / RESULTS)["metrics"]
        except (OSError, DataError, KeyError):
            return None
        missing = [name for name in metrics if name not in found]
        if missing:
            raise ConfigError(
                f"hydra.sweeper.metrics: a job has no {', '.join(missing)}; it has {', '.join(found)}"
            )
        values = [found[name] for name in metrics]
    good = all(isinstance(value, int | float) and math.isfinite(value) for value in values)
    return [float(value) for value in values] if good else None
