"""A headless Chromium driven over its own pipe: no driver, no network."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--remote-debugging-pipe",
)


class Page:
    """One page: what its console says, its script's values, keys, pictures."""

    def __init__(self, file, *, width=1200, height=900, dark=False):
        self.profile = tempfile.TemporaryDirectory(prefix="chromium", ignore_cleanup_errors=True)
        to_read, self.write = os.pipe()
        self.read, to_write = os.pipe()

        def descriptors():  # in the child: Chromium reads 3 and writes 4
            first, second = os.dup(to_read), os.dup(to_write)
            spare = (os.dup2(first, 60), os.dup2(second, 61))
            os.dup2(spare[0], 3)
            os.dup2(spare[1], 4)

        self.process = subprocess.Popen(
            [CHROMIUM, *FLAGS, f"--user-data-dir={self.profile.name}", "about:blank"],
            preexec_fn=descriptors,  # noqa: PLW1509 - no threads between fork and exec here
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self.count, self.rest, self.session, self.problems, self.asked = 0, b"", None, [], []
        targets = self.call("Target.getTargets")["targetInfos"]
        target = next(item for item in targets if item["type"] == "page")
        attached = {"targetId": target["targetId"], "flatten": True}
        self.session = self.call("Target.attachToTarget", **attached)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.screen(width, height, dark=dark)
        self.call("Page.navigate", url=Path(file).resolve().as_uri())
        self.until("document.readyState === 'complete'")

    def screen(self, width, height, *, dark=False):
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.call("Emulation.setDeviceMetricsOverride", **metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def call(self, method, **params):
        self.count += 1
        message = {"id": self.count, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self._note(answer)

    def _next(self):
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.read], [], [], 60.0)
            if not ready:
                raise TimeoutError("Chromium does not answer")
            self.rest += os.read(self.read, 1 << 20)
        text, _, self.rest = self.rest.partition(b"\0")
        return json.loads(text)

    def _note(self, event):
        params = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            self.problems.append(params["exceptionDetails"].get("exception", params))
        if event.get("method") == "Runtime.consoleAPICalled" and params["type"] in _BAD:
            self.problems.append(params["args"])
        if event.get("method") == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.problems.append(params["entry"]["text"])
        if event.get("method") == "Network.requestWillBeSent":
            self.asked.append(params["request"]["url"][:200])

    def value(self, expression):
        """Return the JSON value of an expression."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def until(self, expression, patience=20.0):
        end = time.monotonic() + patience
        while not self.value(expression):
            if time.monotonic() > end:
                raise TimeoutError(expression)
            time.sleep(0.05)

    def key(self, name, code=None):
        text = {"text": name} if len(name) == 1 else {}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=code or name, **text)

    def mouse(self, kind, x, y, *, down=False):
        button = {"button": "left", "clickCount": 1} if kind != "mouseMoved" else {}
        held = {"buttons": 1} if down else {}
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **button, **held)

    def picture(self, file, *, whole=False):
        answer = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        Path(file).write_bytes(base64.b64decode(answer["data"]))

    def printed(self, file):
        answer = self.call("Page.printToPDF", printBackground=True)
        Path(file).write_bytes(base64.b64decode(answer["data"]))

    def close(self):
        try:
            self.session = None
            self.call("Browser.close")
            self.process.wait(timeout=10)
        except (OSError, RuntimeError, TimeoutError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        for end in (self.read, self.write):
            os.close(end)
        self.profile.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


_BAD = ("error", "warning", "assert")
