"""The commands that answer: ``pointclip2 classify FILE --names chair,table,lamp``, ``segment``, ``detect``, ``look``.

What can be wrong with what was typed is looked at first; torch is imported only then.
"""

import logging
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer

from pointclip2.app.answers.saving import refuse_existing
from pointclip2.app.cli import print_anything
from pointclip2.errors import ConfigError, DataError, UserError, refused_by_system
from pointclip2.stopping import finishing
from pointclip2.writing import typed_path

program = typer.Typer(
    name="pointclip2",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Ask a model about files.",
)

Files = Annotated[
    list[Path], typer.Argument(help="Point clouds, meshes, or folders of them.", show_default=False)
]
File = Annotated[Path, typer.Argument(help="A point cloud or a mesh.", show_default=False)]
Scan = Annotated[Path, typer.Argument(help="A scan of a room.", show_default=False)]
Names = Annotated[
    list[str] | None,
    typer.Option(
        "--names",
        "-n",
        help="What to choose from: chair,table,lamp (a name with a comma in quotes), or a text file, a name a line, "
        "with descriptions behind colons. By default the built-in model's own names.",
        show_default=False,
    ),
]
Known = Annotated[
    bool, typer.Option("--known", help="Choose from the names that the built-in model learned.")
]
Backbone = Annotated[
    str, typer.Option(help="The CLIP: tiny is built in; pointclip2 catalog backbone lists all.")
]
Projector = Annotated[
    str | None, typer.Option(help="How views are drawn: pointclip2 catalog projector lists all.")
]
Prompt = Annotated[str, typer.Option(help="How sentences are made of names.")]
Download = Annotated[bool, typer.Option("--download", help="Allow the backbone's weights to be downloaded.")]
Device = Annotated[
    str | None, typer.Option(help="cpu, cuda, cuda:1 ...; by default a GPU where there is one.")
]
Up = Annotated[
    str,
    typer.Option(help="Which axis of the file points up: x y z -x -y -z, any (as it is); auto finds out."),
]
Points = Annotated[int, typer.Option(min=1, help="Points that are drawn from every file.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, an object a line.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that exists.")]
Option = Annotated[
    list[str] | None,
    typer.Option(
        "--option", "-o", help="A further option, as behind pointclip2 evaluate: -o backbone.precision=bf16."
    ),
]


@program.command()
def classify(
    files: Files,
    names: Names = None,
    known: Known = False,
    table: Annotated[Path | None, typer.Option(help="Write a CSV with a row a file, too.")] = None,
    backbone: Backbone = "tiny",
    projector: Projector = None,
    prompt: Prompt = "templates",
    download: Download = False,
    up: Up = "auto",
    points: Points = 1024,
    device: Device = None,
    calibrate: Annotated[
        bool,
        typer.Option("--calibrate", help="Calibrate what fits no name, once for this encoder; slow."),
    ] = False,
    as_json: Json = False,
    force: Force = False,
    option: Option = None,
) -> int:
    """Say what each file shows, or that it is none of the names."""
    there(files)
    target = None if table is None else refuse_existing(table, force, (".csv",))
    wanted = asked(names, known)
    from pointclip2.app.answers.answer import Answer, Answers
    from pointclip2.app.answers.model import PointCLIP
    from pointclip2.app.answers.printing import Printer

    model = PointCLIP(
        wanted,
        backbone=backbone,
        projector=projector,
        prompt=prompt,
        download=download,
        device=device,
        up=up,
        points=points,
        rejection=True if calibrate else None,
        overrides=option or (),
    )
    printer = Printer(as_json, files)
    printer.begin(model, names is None and not known)
    answers, unread = [], {}
    gone: BrokenPipeError | None = None
    try:
        for found in model.stream(files if len(files) > 1 else files[0]):
            try:
                if gone is None:
                    printer.tell(found)
            except BrokenPipeError as error:
                if target is None:
                    raise
                gone = error  # nobody reads what is printed, but the table is wanted
            if isinstance(found, Answer):
                answers.append(found)
            else:
                unread[found.source] = found.reason
    except BaseException:  # told to stop, or out of memory: what was answered until here is kept
        if target is not None and (answers or unread):
            with finishing():
                Answers(answers, unread).save(target, force=True)
                count = len(answers) + len(unread)
                printer.note(f"written: {target}, {count} of {printer.total} files; --force replaces it")
        raise
    if target is not None:
        Answers(answers, unread).save(target, force=True)
    if gone is not None:
        raise gone
    printer.end()
    if target is not None:
        printer.note(f"written: {target}")
    return 3 if unread else 0


@program.command()
def segment(
    file: File,
    of: Annotated[str, typer.Option(help="What the object is: chair.", show_default=False)],
    parts: Annotated[
        list[str] | None,
        typer.Option(
            "--parts",
            "-p",
            help="The parts to tell apart: back,seat,leg. By default those that are described for such an object.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="What is written: .ply, .npy or .csv; by default NAME_parts.ply here.")
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw the coloured cloud as a PNG, too.")] = None,
    backbone: Backbone = "tiny",
    prompt: Prompt = "templates",
    download: Download = False,
    up: Up = "auto",
    points: Points = 2048,
    device: Device = None,
    as_json: Json = False,
    force: Force = False,
    option: Option = None,
) -> int:
    """Give every point of a file, or vertex of a mesh, a part; write all of them in their own coordinates."""
    there([file], folders=False)
    target = refuse_existing(out or Path(f"{file.stem}_parts.ply"), force, (".ply", ".npy", ".csv"))
    drawn = None if picture is None else refuse_existing(picture, force, (".png",))
    wanted = asked(parts, False, "--parts")
    from pointclip2.app.answers.model import PointCLIP
    from pointclip2.app.answers.pictures import png
    from pointclip2.app.answers.printing import print_parts
    from pointclip2.writing import write_bytes

    model = PointCLIP(
        [of],
        backbone=backbone,
        prompt=prompt,
        download=download,
        device=device,
        up=up,
        points=points,
        overrides=option or (),
    )
    found = model.segment(file, of, wanted, points)
    found.save(target, force=force)
    if drawn is not None:
        write_bytes(drawn, png(found.picture()))
    print_parts(found, target, as_json)
    return 0


@program.command()
def detect(
    file: Scan,
    names: Names = None,
    out: Annotated[
        list[Path] | None,
        typer.Option(
            help="Written: .json and .csv (to be read back), .ply (for viewers); by default NAME_boxes.json."
        ),
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw the scan with its boxes as a PNG, too.")] = None,
    least: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Boxes that do not score above it are left out.")
    ] = 0.1,
    units: Annotated[str, typer.Option(help="Of the scan: m cm mm ft in; auto goes by the extent.")] = "auto",
    backbone: Backbone = "tiny",
    projector: Projector = None,
    prompt: Prompt = "templates",
    download: Download = False,
    up: Up = "auto",
    device: Device = None,
    as_json: Json = False,
    force: Force = False,
    option: Option = None,
) -> int:
    """Find named boxes in a scan of a room; write them in the scan's own coordinates."""
    there([file], folders=False)
    targets = [
        refuse_existing(path, force, (".json", ".csv", ".ply"))
        for path in dict.fromkeys(out or [Path(f"{file.stem}_boxes.json")])
    ]
    drawn = None if picture is None else refuse_existing(picture, force, (".png",))
    wanted = asked(names, False)
    from pointclip2.app.answers.model import PointCLIP
    from pointclip2.app.answers.pictures import png
    from pointclip2.app.answers.printing import print_boxes
    from pointclip2.writing import write_bytes

    model = PointCLIP(
        wanted,
        backbone=backbone,
        projector=projector,
        prompt=prompt,
        download=download,
        device=device,
        up=up,
        overrides=option or (),
    )
    found = model.detect(file, least, units)
    for target in targets:
        found.save(target, force=force)
    if drawn is not None:
        write_bytes(drawn, png(found.picture()))
    print_boxes(found, targets, as_json)
    return 0


@program.command()
def look(
    file: File,
    out: Annotated[Path | None, typer.Option(help="The PNG; by default NAME_views.png here.")] = None,
    names: Names = None,
    backbone: Backbone = "tiny",
    projector: Projector = None,
    prompt: Prompt = "templates",
    download: Download = False,
    up: Up = "auto",
    points: Points = 1024,
    device: Device = None,
    force: Force = False,
    option: Option = None,
) -> int:
    """Draw what the model would see of a file, for each up axis that is in question."""
    there([file], folders=False)
    target = refuse_existing(out or Path(f"{file.stem}_views.png"), force, (".png",))
    from pointclip2.app.answers.looking import look_at
    from pointclip2.app.answers.model import PointCLIP

    model = PointCLIP(
        asked(names, False),
        backbone=backbone,
        projector=projector,
        prompt=prompt,
        download=download,
        device=device,
        up=up,
        points=points,
        overrides=option or (),
    )
    for line in look_at(model, file, target):
        print(line)
    return 0


def there(paths: Iterable[Path], folders: bool = True) -> None:
    """Refuse paths at which there is nothing, before anything slow is imported.

    Raises:
        DataError: one does not exist; or is a folder where a file is wanted.
    """
    for path in map(typed_path, paths):
        if not path.exists():
            near = _near(path)
            raise DataError(f"{path} does not exist{near}")
        if path.is_dir() and not folders:
            raise DataError(f"{path} is a folder: give one file of it")


def _near(path: Path) -> str:
    import difflib

    with suppress(OSError):
        found = difflib.get_close_matches(path.name, [beside.name for beside in path.parent.iterdir()], 1)
        if found:
            return f" (did you mean {path.parent / found[0]}?)"
    return ""


def asked(
    names: Sequence[str] | None, known: bool, typed: str = "--names"
) -> Mapping[str, Sequence[str]] | None:
    """Return the names that were typed or lie in a file, with their descriptions; None for the model's own.

    Raises:
        ConfigError: none are left, one comes twice, or both ``--names`` and ``--known`` were given.
    """
    if names is None:
        return None
    if known:
        raise ConfigError("--names and --known: give one of them")
    if not any(text.strip(" ,") for text in names):
        raise ConfigError(f'{typed} is empty: give names such as {typed} "back,seat,front leg"')
    from pointclip2.text.name_list import named, read_names, split_names

    listed: dict[str, tuple[str, ...]] = {}
    said: list[str] = []
    for text in names:
        path = typed_path(text)
        if (path.suffix or os.sep in text) and len(text) < 250 and path.exists():
            found = read_names(path)
        elif path.suffix.lower() in (".txt", ".csv", ".lst", ".list", ".names", ".tsv"):
            raise ConfigError(
                f"{typed} {text}: there is no such file; a list of names looks like chair,table,lamp"
            )
        else:
            found = {}
            for name in split_names(text):
                name, colon, description = name.partition(": ")
                said.append(name)
                found[name] = (description,) if colon else ()
        listed |= found
    named(said or listed)  # a name that was typed twice
    return named(listed)


def main(words: Sequence[str]) -> int:
    """Run one of the commands; the exit status: 0 all well, 1 failed, 3 some files could not be read."""
    print_anything()
    with _warnings_in_lines():
        try:
            status = program(args=list(words), prog_name="pointclip2", standalone_mode=False)
            if sys.stdout is not None:
                sys.stdout.flush()
            return int(status or 0)
        except UserError as error:
            told = str(error)
        except BrokenPipeError:
            # Whoever reads has seen enough; nothing more can be printed, not even at the end of the program.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 141
        except OSError as error:  # such as a full disk
            if error.errno is None:
                raise
            told = refused_by_system(error) or f"{error.filename or 'the answer'}: {error.strerror}"
        except Exception as error:
            mistake = getattr(error, "format_message", None)  # in what was typed, as typer tells it
            if mistake is None:
                raise
            told = f"pointclip2 {' '.join(words[:1])}: {mistake()}; --help lists what there is"
    print(told, file=sys.stderr)
    return 1


@contextmanager
def _warnings_in_lines() -> Iterator[None]:
    """Print warnings as bare lines."""
    logger, handler = logging.getLogger("pointclip2"), logging.StreamHandler()
    before, propagated = logger.handlers[:], logger.propagate
    logger.handlers[:], logger.propagate = [handler], False
    try:
        yield
    finally:
        logger.handlers[:], logger.propagate = before, propagated
