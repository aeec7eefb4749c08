"""Headless Chromium, spoken to by the DevTools protocol over two pipes: no sockets, no packages."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome")
     if (found := shutil.which(name))),
    None,
)  # fmt: skip
#: nothing that a browser is asked here takes longer, not even on a busy machine
PATIENCE = 60.0
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
    "--disable-extensions", "--disable-dev-shm-usage", "--remote-debugging-pipe",
)  # fmt: skip


class Opened(NamedTuple):
    """A page that was opened: how many seconds of a processor its thread took until it was drawn,
    what it asked the network for, and what the browser complained of."""

    work: float
    requests: list[str]
    complaints: list[str]


class Browser:
    """One tab."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing = reading, writing
        self._rest = b""
        self._last = 0
        self._events: list[dict[str, Any]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for name in ("Page", "Network", "Log", "Runtime"):
            self.tab(f"{name}.enable")
        self.tab("Performance.enable", timeDomain="threadTicks")

    def size(self, width: int, height: int, dark: bool = False, media: str = "") -> None:
        """The window from now on; a narrow one is a phone's."""
        self.tab(
            "Emulation.setDeviceMetricsOverride", width=width, height=height,
            deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.tab("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def open(self, address: str) -> Opened:
        """Open a page, and wait until it is drawn."""
        self._go("about:blank")
        self._events.clear()
        self._go(address)
        self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        metrics = self.tab("Performance.getMetrics")["metrics"]
        (work,) = (each["value"] for each in metrics if each["name"] == "TaskDuration")
        asked = [
            each["params"]["request"]["url"]
            for each in self._events
            if each["method"] == "Network.requestWillBeSent"
        ]
        logged = [
            each["params"]["entry"]["text"]
            for each in self._events
            if each["method"] == "Log.entryAdded"
        ]
        return Opened(work, asked, logged)

    def _go(self, address: str) -> None:
        self._events = [each for each in self._events if each["method"] != "Page.loadEventFired"]
        self.tab("Page.navigate", url=address)
        self.wait("Page.loadEventFired")

    def run(self, script: str) -> Any:
        """The value of an expression in the page; the page's own policy does not bind it."""
        answer = self.tab(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def picture(self, path: Path, height: int | None = None) -> None:
        """A picture of the window, or of so much of the page from its top."""
        area: dict[str, Any] = {}
        if height is not None:
            width = self.run("innerWidth")
            area = {
                "captureBeyondViewport": True,
                "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1},
            }
        data = self.tab("Page.captureScreenshot", format="png", **area)["data"]
        path.write_bytes(base64.b64decode(data))

    def pdf(self) -> bytes:
        """The page as it is printed."""
        return base64.b64decode(self.tab("Page.printToPDF", preferCSSPageSize=True)["data"])

    # -- the protocol ----------------------------------------------------------------------------

    def tab(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask the tab."""
        return self.ask(method, self._session, **params)

    def ask(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """Ask the browser, and give its answer. Raises RuntimeError where it refuses."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._writing, data) :]
        for answer in self._messages():
            if answer.get("id") == self._last:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result
            self._events.append(answer)
        raise RuntimeError(f"{method}: no answer")

    def wait(self, event: str) -> None:
        """Until an event has come."""
        if any(each["method"] == event for each in self._events):
            return
        for each in self._messages():
            self._events.append(each)
            if each.get("method") == event:
                return
        raise RuntimeError(f"{event} did not come")

    def _messages(self) -> Iterator[dict[str, Any]]:
        until = time.monotonic() + PATIENCE
        while True:
            while b"\0" in self._rest:
                message, self._rest = self._rest.split(b"\0", 1)
                yield json.loads(message)
            ready, _, _ = select.select([self._reading], [], [], max(0, until - time.monotonic()))
            data = os.read(self._reading, 1 << 20) if ready else b""
            if not data:
                return
            self._rest += data


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser with a profile of its own in a folder. `CHROMIUM` must not be None."""
    assert CHROMIUM is not None
    to_read, to_write = os.pipe()
    from_read, from_write = os.pipe()
    script = f'exec "$@" 3<&{to_read} 4>&{from_write}'
    process = subprocess.Popen(
        ["bash", "-c", script, "bash", CHROMIUM, *_FLAGS, f"--user-data-dir={folder}"],
        pass_fds=(to_read, from_write),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(to_read)
    os.close(from_write)
    try:
        yield Browser(from_read, to_write)
    finally:
        os.close(to_write)
        process.terminate()
        process.wait(PATIENCE)
        os.close(from_read)
