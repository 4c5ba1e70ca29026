"""Chromium without a window, led over its DevTools protocol: just what taking screenshots of Odoo needs."""

from __future__ import annotations

import base64
import itertools
import json
import shutil
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import requests
from websocket import WebSocketTimeoutException, create_connection

from . import system
from .console import SetupError

START_SECONDS = 20
WAIT_SECONDS = 60
POLL_SECONDS = 0.1


class Browser:
    """One page of a browser of its own, to be used as a context manager.

    :param width: width of the page, in CSS pixels.
    :param height: its height.
    """

    def __init__(self, width: int = 1400, height: int = 900):
        self._size = width, height
        self._numbers = itertools.count(1)

    def __enter__(self) -> Browser:
        binary = system.browser()
        if not binary:
            raise SetupError(f"No browser was found.\n{system.by_hand([system.BROWSER], system.manager())}")
        self._profile = tempfile.mkdtemp(prefix="browser-")
        options = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--lang=fr",
            "--no-first-run",
        ]
        self._process = subprocess.Popen(
            [binary, *options, "--remote-debugging-port=0", f"--user-data-dir={self._profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port = self._port()
        tabs = requests.get(f"http://127.0.0.1:{port}/json/list", timeout=START_SECONDS).json()
        page = next(tab for tab in tabs if tab["type"] == "page")
        self._socket = create_connection(page["webSocketDebuggerUrl"], timeout=WAIT_SECONDS, suppress_origin=True)
        self.call("Page.enable")
        self.resize(*self._size)
        return self

    def __exit__(self, *_error: object) -> None:
        self._socket.close()
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._profile, ignore_errors=True)

    def _port(self) -> int:
        file = Path(self._profile) / "DevToolsActivePort"
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if file.exists() and (text := file.read_text()):
                return int(text.split()[0])
            time.sleep(POLL_SECONDS)
        raise SetupError("Chromium did not start.")

    def call(self, method: str, **params: object) -> dict:
        """Call a method of the DevTools protocol and return its result."""
        number = self._send(method, params)
        while True:
            try:
                answer = json.loads(self._socket.recv())
            except WebSocketTimeoutException as error:
                raise SetupError(f"Chromium does not answer to {method}.") from error
            if answer.get("method") == "Page.javascriptDialogOpening":
                # "Leave this page?" would hold up everything else.
                self._send("Page.handleJavaScriptDialog", {"accept": True})
            if answer.get("id") == number:
                if "error" in answer:
                    raise SetupError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def _send(self, method: str, params: dict) -> int:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        return number

    def resize(self, width: int, height: int, mobile: bool = False) -> None:
        """Give the page another size, as of a telephone if ``mobile``."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def open(self, url: str, ready: str) -> None:
        """Go to ``url`` and wait for the CSS selector ``ready``, on the new page."""
        self.evaluate("window.isFormerPage = true")
        self.call("Page.navigate", url=url)
        self.wait(f"!window.isFormerPage && document.querySelector({json.dumps(ready)})")

    def evaluate(self, expression: str) -> object:
        """Return the value of a JavaScript expression; a promise is awaited."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise SetupError(f"{expression}: {result['exceptionDetails'].get('exception', {}).get('description')}")
        return result["result"].get("value")

    def wait(self, expression: str) -> None:
        """Wait until a JavaScript expression is true.

        :raise SetupError: it is not, after a while
        """
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end:
            with suppress(SetupError):  # between two pages there is nothing to ask
                if self.evaluate(f"!!({expression})"):
                    return
            time.sleep(POLL_SECONDS)
        raise SetupError(f"In vain waited on {self.evaluate('location.href')} for: {expression}")

    def click(self, selector: str) -> None:
        """Click on the first element of a CSS selector, once it is there."""
        self.wait(f"document.querySelector({json.dumps(selector)})")
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    def screenshot(self) -> bytes:
        """Return what the page shows, as a PNG picture."""
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])
