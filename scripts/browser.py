"""
Headless Chromium, driven over a pipe by its DevTools protocol: no library, no port, and nothing is fetched.

https://chromedevtools.github.io/devtools-protocol/ names the methods. Messages are JSON ended by NUL: the browser reads
descriptor 3 and writes descriptor 4.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

# A decoded message: its shape is the protocol's, and each caller takes out of it what it asked for.
Message = Mapping[str, Any]

_ARGUMENTS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    # No host name leads anywhere: a page that fetches something fails to.
    "--host-resolver-rules=MAP * ~NOTFOUND",
)

_PLACE = """
import fcntl, os, sys
pipes = [fcntl.fcntl(int(word), fcntl.F_DUPFD, 10) for word in sys.argv[1:3]]
for pipe, number in zip(pipes, (3, 4)):
    os.dup2(pipe, number)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Puts the pipes where Chromium looks for them; both are moved away first, for one may lie in the other's place."""


class BrowserError(Exception):
    """
    The browser refused, or went away.
    """


class Browser:
    """
    One page in one browser.
    """

    def __init__(self, program: str, profile: Path) -> None:
        """
        Starts it.

        Args:
            program: The path of Chromium.
            profile: A directory of its own.
        """
        arguments = [*_ARGUMENTS, f"--user-data-dir={profile}"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            # Chromium's own sandbox refuses root; what is opened here is written by us.
            arguments.append("--no-sandbox")
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _PLACE, str(theirs_in), str(theirs_out), program, *arguments, "about:blank"],
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._number = 0
        self._buffer = b""
        self._session: str | None = None
        self.requests: list[str] = []
        try:
            self._attach()
        except (OSError, BrowserError):
            self._end()
            raise

    def _attach(self) -> None:
        target = next(one for one in self.call("Target.getTargets")["targetInfos"] if one["type"] == "page")
        attached = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = str(attached["sessionId"])
        self.call("Page.enable")
        self.call("Network.enable")

    def __enter__(self) -> Self:
        """The browser."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends it."""
        self._end()

    def _end(self) -> None:
        os.close(self._out)
        self._process.kill()
        self._process.wait()
        os.close(self._in)

    def call(self, method: str, **parameters: object) -> Message:
        """
        Calls a method of the protocol.

        Raises:
            BrowserError: when the browser answers with an error, or not at all.
        """
        self._number += 1
        message: dict[str, object] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") != self._number:
                continue
            if "error" in answer:
                raise BrowserError(f"{method}: {answer['error']['message']}")
            return dict(answer["result"])

    def open(self, file: Path, *, dark: bool = False, width: int = 1000) -> None:
        """
        Opens a file, as a screen of a scheme and width shows it, and waits until it is there.
        """
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", media="screen", features=scheme)
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
        self.call("Page.navigate", url=file.resolve().as_uri())
        while self._read().get("method") != "Page.loadEventFired":
            pass

    def evaluate(self, expression: str) -> object:
        """
        The value of an expression of JavaScript, awaited; the page's own policy does not bind us.

        Raises:
            BrowserError: when it throws.
        """
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def picture(self, kind: str, height: int | None = None) -> bytes:
        """
        The page as a picture.

        Args:
            kind: png or webp.
            height: How much of it is shown; None for the whole page.
        """
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": height or size["height"], "scale": 1}
        quality = {} if kind == "png" else {"quality": 80}
        shot = self.call("Page.captureScreenshot", format=kind, clip=clip, captureBeyondViewport=True, **quality)
        return base64.b64decode(shot["data"])

    def _read(self) -> Message:
        while b"\0" not in self._buffer:
            part = os.read(self._in, 1 << 20)
            if not part:
                message = "the browser went away"
                raise BrowserError(message)
            self._buffer += part
        text, _, self._buffer = self._buffer.partition(b"\0")
        message = json.loads(text)
        if message.get("method") == "Network.requestWillBeSent":
            self.requests.append(message["params"]["request"]["url"])
        return dict(message)
