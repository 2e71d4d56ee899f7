"""``pointclip2 app`` before it serves anything."""

import importlib.util
import os
import socket
import subprocess
import sys
import time

import pytest

from pointclip2.app.cli import main
from tests.places import ROOT


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    """Return what the command printed when it refused."""
    assert main(["app", *words]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err.splitlines()


def test_without_the_extra_it_says_how_to_get_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "gradio" else real(name))
    assert refused(capsys) == ["the page needs gradio: pip install 'pointclip2[app]'"]


def test_a_port_that_is_taken_is_refused_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("gradio")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        began = time.monotonic()
        [line] = refused(capsys, "--port", str(port))
        assert time.monotonic() - began < 2
    assert f"127.0.0.1, port {port} (" in line
    assert "--port 0 takes a free one" in line


def test_an_address_of_another_machine_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("gradio")
    [line] = refused(capsys, "--host", "192.0.2.1", "--port", "0")
    assert "cannot be served at 192.0.2.1" in line


@pytest.mark.slow
def test_the_page_needs_no_lightning() -> None:
    pytest.importorskip("gradio")
    asked = "import sys, pointclip2.app.web.page; sys.exit('lightning' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", asked], env={**os.environ, "PYTHONPATH": str(ROOT)}).returncode
        == 0
    )
