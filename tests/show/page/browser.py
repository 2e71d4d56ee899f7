"""Headless Chromium, driven through a pipe: no port, no driver program, no network."""

import base64
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--hide-scrollbars",
    "--mute-audio",
)
SECONDS = 120.0


def browser_path() -> str | None:
    """The browser that ``CHROMIUM`` names, or the first that is installed."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((found for found in map(shutil.which, NAMES) if found), None)


class Browser:
    """One page of a headless browser; what goes wrong in its scripts is in `errors`, what it asked for in `requests`.

    Args:
        folder: for its profile; empty, the browser's own.
        size: of the window in CSS pixels.
    """

    def __init__(self, folder: Path, size: tuple[int, int] = (1280, 900)) -> None:
        path = browser_path()
        assert path is not None
        commands, self._write = os.pipe()
        self._read, answers = os.pipe()
        # The browser reads from 3 and writes to 4: a shell puts our ends there, whatever their numbers are.
        redirect = f'exec "$0" "$@" 3<&{commands} 4>&{answers} 2>/dev/null'
        self._process = subprocess.Popen(
            [
                "/bin/bash",
                "-c",
                redirect,
                path,
                *FLAGS,
                "--remote-debugging-pipe",
                f"--user-data-dir={folder}",
                f"--window-size={size[0]},{size[1]}",
                "about:blank",
            ],
            pass_fds=(commands, answers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        self._left = b""
        self._number = 0
        self._session: str | None = None
        self.errors: list[str] = []
        self.requests: list[str] = []
        self._loaded = False
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target for target in targets if target["type"] == "page")
        attached = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.resize(*size)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the DevTools protocol; returns its result."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + SECONDS
        while True:
            answer = self._next(until, method)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                result: dict[str, Any] = answer["result"]
                return result
            self._note(answer)

    def _next(self, until: float, wanted: str) -> dict[str, Any]:
        while b"\0" not in self._left:
            ready, _, _ = select.select([self._read], [], [], max(0.0, until - time.monotonic()))
            piece = os.read(self._read, 1 << 16) if ready else b""
            if not piece:
                raise TimeoutError(f"the browser did not answer: {wanted}")
            self._left += piece
        text, self._left = self._left.split(b"\0", 1)
        content: dict[str, Any] = json.loads(text)
        return content

    def _note(self, event: dict[str, Any]) -> None:
        params = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description", details["text"]))
        elif event.get("method") == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.errors.append(params["entry"]["text"])
        elif event.get("method") == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif event.get("method") == "Page.loadEventFired":
            self._loaded = True

    def resize(self, width: int, height: int, ratio: float = 1.0) -> None:
        """What the page sees of the window, in CSS pixels, and how many pixels of the screen each of them is."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=ratio,
            mobile=False,
        )

    def open(self, page: Path | str, dark: bool = False) -> None:
        """Load a file or an address and wait until it and its scripts are done."""
        self.errors, self.requests, self._loaded = [], [], False
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", features=scheme)
        self.call("Page.navigate", url=page if isinstance(page, str) else page.resolve().as_uri())
        until = time.monotonic() + SECONDS
        while not self._loaded:
            self._note(self._next(until, "load"))
        self.frames(2)

    def evaluate(self, expression: str) -> Any:
        """What an expression of the page's script language gives, promises awaited."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def until(self, expression: str, seconds: float = SECONDS) -> None:
        """Wait until an expression of the page's script language is true."""
        until = time.monotonic() + seconds
        while not self.evaluate(f"Boolean({expression})"):
            if time.monotonic() > until:
                raise TimeoutError(f"never true: {expression}")
            time.sleep(0.1)

    def give(self, selector: str, file: Path) -> None:
        """Choose a file in an input of the page, as a person does in the dialogue."""
        found = self.call("Runtime.evaluate", expression=f"document.querySelector({selector!r})")["result"]
        self.call("DOM.setFileInputFiles", files=[str(file)], objectId=found["objectId"])

    def write(self, selector: str, text: str) -> None:
        """Replace what is written in a field of the page."""
        self.evaluate(f"(box => {{ box.focus(); box.select(); }})(document.querySelector({selector!r}))")
        self.call("Input.insertText", text=text)

    def frames(self, count: int) -> None:
        """Let the page draw that often."""
        self.evaluate(
            f"new Promise(done => {{ let left = {count};"
            "const step = () => left-- > 0 ? requestAnimationFrame(step) : setTimeout(done, 30); step(); })"
        )

    def into_sight(self, selector: str) -> tuple[float, float]:
        """Scroll an element to the middle of the window; returns the middle of the element."""
        self.evaluate(
            f"document.querySelector({selector!r}).scrollIntoView({{block: 'center', behavior: 'instant'}})"
        )
        self.frames(2)
        box = self.evaluate(
            f"(box => [box.x + box.width / 2, box.y + box.height / 2])"
            f"(document.querySelector({selector!r}).getBoundingClientRect())"
        )
        return float(box[0]), float(box[1])

    def mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        """One event: ``mousePressed``, ``mouseMoved``, ``mouseReleased``, ``mouseWheel``."""
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def drag(self, start: tuple[float, float], by: tuple[float, float]) -> None:
        """Press, move in steps, let go."""
        x, y = start
        self.mouse("mousePressed", x, y, button="left", buttons=1, clickCount=1)
        for step in range(1, 6):
            self.mouse("mouseMoved", x + by[0] * step / 5, y + by[1] * step / 5, button="left", buttons=1)
        self.mouse("mouseReleased", x + by[0], y + by[1], button="left", clickCount=1)
        self.frames(2)

    def key(self, key: str) -> None:
        """Press a key."""
        text = {"text": key} if len(key) == 1 else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)
        self.frames(2)

    def screenshot(self, path: Path) -> Path:
        """A PNG of the window."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))
        return path

    def close(self) -> None:
        """End the browser that was started here, and no other."""
        os.close(self._write)
        os.close(self._read)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(20)
