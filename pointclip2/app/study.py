"""``sweep=optuna``: jobs whose options a study chooses by what the earlier ones came to, on Optuna's ask and tell.

The study lies in the sweep's folder. The same command goes on with one that was stopped: trials that were under way
run again in their folders, and the others follow as if nothing had happened. Light on purpose: Hydra loads it at each
start.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.core.override_parser.types import IntervalSweep, Override
from hydra.plugins.launcher import Launcher
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf

from pointclip2.app.trials import STORED, kept_in, note_asked, open_study, tell, values_of
from pointclip2.errors import ConfigError
from pointclip2.writing import write_text

if TYPE_CHECKING:
    import optuna

DIRECTIONS = ("maximize", "minimize")
SAMPLERS = ("tpe", "random", "nsgaii")
FOUND = "optimization_results.yaml"


@dataclass(frozen=True)
class Span:
    """Numbers from ``low`` to ``high``, both within."""

    low: float
    high: float
    step: float | None = None
    log: bool = False
    whole: bool = False

    def suggested(self, trial: "optuna.Trial", name: str) -> float:
        """Return what the study takes for this trial."""
        if self.whole:
            step = 1 if self.step is None else int(self.step)
            return trial.suggest_int(name, int(self.low), int(self.high), step=step, log=self.log)
        return trial.suggest_float(name, self.low, self.high, step=self.step, log=self.log)


@dataclass(frozen=True)
class Choice:
    """Some values, as they are typed."""

    values: tuple[str, ...]

    def suggested(self, trial: "optuna.Trial", name: str) -> str:
        """Return what the study takes for this trial."""
        return str(trial.suggest_categorical(name, self.values))


class StudySweeper(Sweeper):
    """Runs trials until there are ``n_trials``; see ``conf/hydra/sweeper/study.yaml`` for what each option means.

    Raises:
        ConfigError: an option that cannot work, nothing to search, or Optuna is not installed.
    """

    def __init__(
        self,
        n_trials: int = 20,
        n_jobs: int = 1,
        direction: str | Sequence[str] = "maximize",
        metrics: str | Sequence[str] | None = None,
        sampler: str = "tpe",
        seed: int = 0,
        storage: str | None = None,
        study_name: str = "pointclip2",
        params: Mapping[str, Any] | None = None,
    ) -> None:
        self.directions: list[Any] = (
            [direction] if isinstance(direction, str) else [str(one) for one in direction]
        )
        self.metrics = [metrics] if isinstance(metrics, str) else [str(one) for one in metrics or ()]
        wrong = [one for one in self.directions if one not in DIRECTIONS]
        if wrong or len(self.directions) != max(1, len(self.metrics)):
            raise ConfigError(
                f"hydra.sweeper.direction={','.join(self.directions)}: one of {', '.join(DIRECTIONS)} for each of "
                "hydra.sweeper.metrics, and one where these are null"
            )
        if sampler not in SAMPLERS:
            raise ConfigError(f"hydra.sweeper.sampler={sampler}: choose one of {', '.join(SAMPLERS)}")
        for option, value in (("n_trials", n_trials), ("n_jobs", n_jobs)):
            if not isinstance(value, int) or value < 1:
                raise ConfigError(f"hydra.sweeper.{option}={value} must be 1 or more")
        self.n_trials, self.n_jobs = n_trials, n_jobs
        self.sampler, self.seed = sampler, int(seed)
        self.storage, self.study_name = storage, study_name
        self.params = dict(params or {})

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Take what Hydra hands a sweeper, and build the launcher."""
        from hydra.core.plugins import Plugins

        self.config, self.hydra_context = config, hydra_context
        self.launcher: Launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=config
        )

    def sweep(self, arguments: list[str]) -> Any:
        """Run the trials that are missing, and write what the study found."""
        from hydra.core.override_parser.overrides_parser import OverridesParser

        assert self.config is not None
        assert self.hydra_context is not None
        words = [f"{name}={value}" for name, value in self.params.items()] + list(arguments)
        parser = OverridesParser.create(config_loader=self.hydra_context.config_loader)
        searched, fixed = search_space(parser.parse_overrides(words))
        folder = Path(str(self.config.hydra.sweep.dir))
        folder.mkdir(parents=True, exist_ok=True)
        study = open_study(folder, self.study_name, self.directions, self.storage)
        OmegaConf.save(self.config, folder / "multirun.yaml")
        with kept_in(self.storage or folder / STORED):
            self._run(study, folder, searched, fixed)
            self._report(study, folder)

    def _run(
        self,
        study: "optuna.Study",
        folder: Path,
        searched: Mapping[str, Span | Choice],
        fixed: Sequence[str],
    ) -> None:
        """Run the trials that are missing."""
        checked = False
        while trials := self._next(study):
            asked = [
                [*fixed, *(f"{name}={span.suggested(trial, name)}" for name, span in searched.items())]
                for trial in trials
            ]
            if not checked:  # a mistake is told before the first job
                self.validate_batch_is_legal(asked)
                checked = True
            for trial in trials:
                note_asked(trial)
            done = self.launcher.launch(asked, initial_job_idx=trials[0].number)
            for trial, job in zip(trials, done, strict=True):
                tell(study, trial, values_of(folder / str(trial.number), job.return_value, self.metrics))

    def _next(self, study: "optuna.Study") -> list["optuna.Trial"]:
        """Trials to run now, numbered one after the other: those that were under way, or new ones; none at the end."""
        import optuna

        running = [
            trial
            for trial in study.get_trials(deepcopy=False)
            if trial.state == optuna.trial.TrialState.RUNNING
        ]
        trials: list[optuna.Trial] = []
        for held in running[: self.n_jobs]:
            if trials and held.number != trials[-1].number + 1:
                break
            study.sampler = self._sampler(held.number)
            trials.append(optuna.Trial(study, held._trial_id))
        begun = len(study.get_trials(deepcopy=False))
        if not trials:
            for number in range(begun, min(begun + self.n_jobs, self.n_trials)):
                # The sampler's own state is never kept: it depends on the number alone.
                study.sampler = self._sampler(number)
                trials.append(study.ask())
        return trials

    def _sampler(self, number: int) -> "optuna.samplers.BaseSampler":
        import optuna

        seed = (self.seed * 1_000_003 + number) % 2**32
        if self.sampler == "random":
            return optuna.samplers.RandomSampler(seed=seed)
        if self.sampler == "nsgaii":
            return optuna.samplers.NSGAIISampler(seed=seed)
        return optuna.samplers.TPESampler(seed=seed)

    def _report(self, study: "optuna.Study", folder: Path) -> None:
        """Print and write the best trial, or those that no other beats where there are several metrics."""
        import optuna

        finished = [
            trial
            for trial in study.get_trials(deepcopy=False)
            if trial.state == optuna.trial.TrialState.COMPLETE
        ]
        failed = len(study.trials) - len(finished)
        told: dict[str, Any] = {"name": "optuna", "trials": len(study.trials), "failed": failed}
        if not finished:
            print(f"study: none of {len(study.trials)} trials came to a value")
        elif len(self.directions) == 1:
            best = study.best_trial
            told |= {"best_params": best.params, "best_value": best.value, "best_job": best.number}
            print(
                f"study: the best of {len(study.trials)} trials is job {best.number}: {best.value} with {_words(best)}"
            )
        else:
            told["solutions"] = [
                {"params": trial.params, "values": trial.values, "job": trial.number}
                for trial in study.best_trials
            ]
            print(f"study: of {len(study.trials)} trials, {len(study.best_trials)} are beaten by none:")
            for trial in study.best_trials:
                print(f"  job {trial.number}: {trial.values} with {_words(trial)}")
        write_text(folder / FOUND, OmegaConf.to_yaml(OmegaConf.create(told)))


def _words(trial: "optuna.trial.FrozenTrial") -> str:
    return " ".join(f"{name}={value}" for name, value in trial.params.items())


def search_space(overrides: Sequence[Override]) -> tuple[dict[str, Span | Choice], list[str]]:
    """Return what is searched, by its option, and the words that hold for all trials.

    Raises:
        ConfigError: nothing is searched, or a range is empty.
    """
    searched: dict[str, Span | Choice] = {}
    fixed: dict[str, str] = {}
    for override in overrides:  # of what is given twice the last holds
        name = override.get_key_element()
        searched.pop(name, None)
        fixed.pop(name, None)
        if override.is_sweep_override():
            searched[name] = _searched(override)
        else:
            fixed[name] = str(override.input_line)
    if not searched:
        raise ConfigError(
            "sweep=optuna has nothing to search: give an option a range, view_weights.temperature=interval(0.1,1), or "
            "values, prompt=name,template"
        )
    return searched, list(fixed.values())


def _searched(override: Override) -> Span | Choice:
    value: Any = override.value()
    low: Any
    high: Any
    if override.is_interval_sweep():
        assert isinstance(value, IntervalSweep)
        low, high, tags = value.start, value.end, value.tags
        assert low is not None
        assert high is not None
        log_scale, whole = "log" in tags, isinstance(low, int) and isinstance(high, int)
        if not low <= high or (log_scale and low <= 0):
            raise ConfigError(
                f"{override.input_line}: an interval goes from the smaller to the larger, and above 0 with the tag log"
            )
        return Span(low, high, log=log_scale, whole=whole)
    words = tuple(override.sweep_string_iterator())
    if value.shuffle:  # another order at each start would be another study
        words = tuple(sorted(words))
    if override.is_range_sweep() and not value.shuffle:
        numbers: list[Any] = list(override.sweep_iterator())
        if numbers:
            whole = all(isinstance(number, int) for number in numbers)
            log_scale = "log" in value.tags and whole and abs(value.step) == 1
            low, high = sorted((numbers[0], numbers[-1]))
            return Span(low, high, step=abs(value.step), log=log_scale, whole=whole)
    if not words:
        raise ConfigError(f"{override.input_line}: there is nothing in this range")
    return Choice(words)
