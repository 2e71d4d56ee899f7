"""The page: a file, names, and three questions about them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import gradio as gr

from pointclip2.app.catalog import catalog, conf_dir
from pointclip2.app.web.models import Models, Options
from pointclip2.app.web.same import Same, classifying, detecting, segmenting
from pointclip2.app.web.sessions import Sessions
from pointclip2.app.web.viewer import answer_frame, boxes_frame, parts_frame, problem
from pointclip2.cache.text import unread
from pointclip2.encoders.encoder import text_of
from pointclip2.errors import UserError
from pointclip2.show.page.html import Html
from pointclip2.text.name_list import Descriptions, listed_names, named, split_names

UPS = ("auto", "y", "z", "x", "-y", "-z", "-x")
HONEST = (
    "The built-in model, tiny, is small and learned from procedural shapes alone: of real scans it is often wrong. "
    "The other backbones are CLIPs that learned from pictures of the world; their weights have to be on this machine. "
    "The program keeps nothing of a file: it lies in memory until this page is closed or another file is dropped."
)
STYLE = """
.gradio-container { max-width: 78rem !important; margin: 0 auto !important; }
iframe.answer { display: block; width: 100%; height: 40rem; border: 0; background: transparent; }
.problem { margin: 0; padding: 0.6rem 1rem; border-left: 4px solid #c47a00; background: var(--block-background-fill); }
#file a { pointer-events: none; color: inherit; }
.download a { font-weight: 600; }
"""

Given = str | None
"""Where the server put the file; None where there is none."""
Answered = tuple[Html, str, str]
"""What is shown, the command line and the Python."""


class Questions:
    """What the buttons of the page do, each for the page that it was pressed on."""

    def __init__(self, models: Models, sessions: Sessions) -> None:
        self.models = models
        self.sessions = sessions

    def take(self, file: str | None, request: gr.Request) -> Html:
        """Take a file that was dropped, or let go of the one that was removed."""
        try:
            if file is None:
                self.close(request)
            else:
                self.sessions.take(str(request.session_hash), Path(file))
        except UserError as error:
            return problem(str(error))
        return Html()

    def close(self, request: gr.Request) -> None:
        """Remove all that belongs to a page that was closed."""
        self.sessions.forget(str(request.session_hash))

    def classify(self, file: Given, request: gr.Request, names: str, *chosen: Any) -> Answered:
        """Answer what the file shows."""

        def answer(path: Path, options: Options) -> tuple[Html, Same]:
            wanted = typed_names(names)
            with self.models.of(wanted, options) as model:
                shown = answer_frame(model(path), unread(text_of(model.encoder), model.prompts))
            return shown, classifying(path.name, wanted, options)

        return self._answered(answer, file, chosen, request)

    def segment(self, file: Given, request: gr.Request, of: str, parts: str, *chosen: Any) -> Answered:
        """Answer which part every point of the file belongs to."""

        def answer(path: Path, options: Options) -> tuple[Html, Same]:
            listed = list(named(parts)) if parts.strip(" ,\n") else []
            wanted = named([of])
            (what,) = wanted
            with self.models.of(wanted, options) as model:
                found = model.segment(path, what, listed or None)
            result, address = self._result(f"{path.stem}_parts.ply", request)
            found.save(result)
            return parts_frame(found, address), segmenting(path.name, what, listed, result.name, options)

        return self._answered(answer, file, chosen, request)

    def detect(self, file: Given, request: gr.Request, names: str, *chosen: Any) -> Answered:
        """Answer what stands where in a scan of a room."""

        def answer(path: Path, options: Options) -> tuple[Html, Same]:
            wanted = typed_names(names)
            with self.models.of(wanted, options) as model:
                found = model.detect(path)
            result, address = self._result(f"{path.stem}_boxes.json", request)
            found.save(result)
            return boxes_frame(found, address), detecting(path.name, wanted, result.name, options)

        return self._answered(answer, file, chosen, request)

    def _result(self, name: str, request: gr.Request) -> tuple[Path, str]:
        """Return where a file is to be written, and its address on the page."""
        path = self.sessions.result(str(request.session_hash), name)
        return path, f"result/{path.parent.name}/{quote(name)}"

    def _answered(
        self,
        answer: Callable[[Path, Options], tuple[Html, Same]],
        file: Given,
        chosen: tuple[Any, ...],
        request: gr.Request,
    ) -> Answered:
        backbone, up, points = chosen
        folder = "/"
        try:
            with self.sessions.file(str(request.session_hash), None if file is None else Path(file)) as path:
                folder = f"{path.parent}/"
                shown, same = answer(path, Options(backbone, up, points or Options.points))
        except UserError as error:
            return problem(str(error).replace(folder, "")), "", ""
        return shown, same.shell, same.python


def typed_names(text: str) -> Descriptions:
    """Return names as they are typed: with commas, or one a line with a description behind a colon.

    Raises:
        ConfigError: there are none, or one comes twice.
    """
    return listed_names(text, "names") if ":" in text or "\t" in text else named(split_names(text))


def page(questions: Questions) -> gr.Blocks:
    """Lay out the page."""
    with gr.Blocks(title="pointclip2", analytics_enabled=False, delete_cache=(300, 600)) as blocks:
        gr.Markdown("# What is this?\nDrop a point cloud or a mesh, and say what it might be.")
        with gr.Row():
            with gr.Column(scale=1, min_width=300):
                file = gr.File(label="A point cloud or a mesh, at most 150 MB", elem_id="file", height=150)
                taken = gr.HTML()
                with gr.Accordion("Options", open=False):
                    backbone = gr.Dropdown(backbones(), value="tiny", label="Backbone")
                    up = gr.Dropdown(list(UPS), value="auto", label="Axis that points up in the file")
                    points = gr.Number(
                        1024, label="Points that are drawn", precision=0, minimum=16, maximum=65_536
                    )
            with gr.Column(scale=2, min_width=300):
                options = [backbone, up, points]
                with gr.Tab("What is it?", id="classify"):
                    names = gr.Textbox(
                        "chair, table, lamp",
                        label="Names to choose from",
                        info="With commas between them; or one a line, a description behind a colon.",
                        lines=2,
                        elem_id="names",
                    )
                    _question("Name it", questions.classify, [file, names, *options], "classify")
                with gr.Tab("Its parts", id="segment"):
                    of = gr.Textbox("chair", label="What it is", elem_id="of")
                    parts = gr.Textbox(
                        "",
                        label="Parts to tell apart",
                        info="With commas between them; left empty, those that are described for such an object.",
                        placeholder="back, seat, leg",
                        elem_id="parts",
                    )
                    _question("Find the parts", questions.segment, [file, of, parts, *options], "segment")
                with gr.Tab("A room", id="detect"):
                    things = gr.Textbox(
                        "chair, table, sofa, bed, cabinet",
                        label="What may stand in the room",
                        info="With commas between them; or one a line, a description behind a colon.",
                        lines=2,
                        elem_id="things",
                    )
                    _question("Find the boxes", questions.detect, [file, things, *options], "detect")
        gr.Markdown(HONEST)
        file.change(questions.take, file, taken, show_progress="hidden", api_visibility="private")
        blocks.unload(questions.close)
    return blocks


def _question(text: str, ask: Callable[..., Answered], inputs: list[Any], name: str) -> None:
    button = gr.Button(text, variant="primary", elem_id=f"ask-{name}")
    shown = gr.HTML(elem_id=f"answer-{name}", min_height=60)
    with gr.Accordion("The same on the command line and in Python", open=False):
        common: dict[str, Any] = {"wrap_lines": True, "interactive": False}
        shell = gr.Code(label="Command line", language="shell", lines=1, elem_id=f"shell-{name}", **common)
        python = gr.Code(label="Python", language="python", lines=3, elem_id=f"python-{name}", **common)
    gr.on(
        [button.click, *(box.submit for box in inputs if isinstance(box, gr.Textbox))],
        ask,
        inputs,
        [shown, shell, python],
        concurrency_id="answers",
        api_visibility="private",
    )


def backbones() -> list[str]:
    """Return the backbones that need no further option."""
    return [option.name for option in catalog(conf_dir())["backbone"] if option.name != "local"]
