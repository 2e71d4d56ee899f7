"""``pointclip2 app``: serve the page on this machine."""

import importlib.util
import logging
import os
import socket
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from pointclip2.app.answers import commands
from pointclip2.app.web.sessions import Sessions
from pointclip2.errors import ConfigError

UPLOAD = "150mb"
"""The largest file that is taken."""
LOCAL = ("127.0.0.1", "::1", "localhost")


@commands.program.command()
def app(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where the page is served; 0 takes a free one.")
    ] = 7860,
    host: Annotated[
        str, typer.Option(help="The address to listen on; 0.0.0.0 lets everybody in the network ask.")
    ] = "127.0.0.1",
) -> int:
    """Serve a page in the browser: drop a file, type names, see the answer."""
    if importlib.util.find_spec("gradio") is None:
        raise ConfigError("the page needs gradio: pip install 'pointclip2[app]'")
    with bound(host, port) as listening, tempfile.TemporaryDirectory(prefix="pointclip2-") as folder:
        serve(listening, Path(folder))
    return 0


def main(words: Sequence[str]) -> int:
    """Run the command; the exit status."""
    return commands.main(["app", *words])


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that is bound to an address.

    Raises:
        ConfigError: something else listens there, or the address is not one of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    if os.name == "posix":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise ConfigError(
            f"the page cannot be served at {host}, port {port} ({error.strerror or error}): "
            "give another one with --port, such as --port 7861; --port 0 takes a free one"
        ) from error
    return listening


def serve(listening: socket.socket, folder: Path) -> None:
    """Serve the page until the program is told to stop."""
    sessions = Sessions(folder)
    os.environ |= {"GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_TEMP_DIR": str(sessions.uploads)}
    import gradio as gr
    import uvicorn
    from fastapi import FastAPI
    from fastapi.responses import FileResponse, Response

    from pointclip2.app.web.models import Models
    from pointclip2.app.web.page import STYLE, Questions, page

    server = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @server.get("/result/{token}/{name}")
    def result(token: str, name: str) -> Response:
        path = sessions.written(token)
        if path is None:
            return Response("this result is gone: ask again", status_code=404, media_type="text/plain")
        return FileResponse(path, media_type="application/octet-stream", filename=path.name)

    blocks = page(Questions(Models(), sessions))
    # Only then it refuses paths that nobody uploaded.
    blocks.has_launched = True
    gr.mount_gradio_app(
        server,
        blocks,
        "/",
        max_file_size=UPLOAD,
        show_error=False,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        theme=gr.themes.Default(
            primary_hue=gr.themes.colors.purple,
            font=[gr.themes.Font("system-ui"), gr.themes.Font("sans-serif")],
            font_mono=[gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")],
        ),
        css=STYLE,
    )
    host, port = listening.getsockname()[:2]
    print(f"http://{f'[{host}]' if ':' in host else host}:{port} is the page; Ctrl+C ends it", flush=True)
    if host not in LOCAL:
        print(
            "everybody who can reach this machine can ask: --host 127.0.0.1 keeps it to yourself", flush=True
        )
    running = uvicorn.Server(uvicorn.Config(server, log_level="warning", timeout_graceful_shutdown=1))
    # Pages that are still open then are hung up on, which is no news.
    logging.getLogger("uvicorn.error").addFilter(lambda _: not running.should_exit)
    running.run([listening])
