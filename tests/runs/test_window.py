"""The window of `femna view` on a virtual screen: it opens, shows the run, and closes by a key."""

import ctypes
import ctypes.util
import os
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest
from runs.conftest import ROOT, case_text

XVFB, WINDOWS = shutil.which("Xvfb"), shutil.which("xwininfo")
TEST_KEYS = ctypes.util.find_library("Xtst")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (XVFB and WINDOWS and TEST_KEYS), reason="no virtual screen, xwininfo or libXtst here"
    ),
]


@pytest.fixture
def screen(tmp_path):
    """Start a screen of 1400 x 1000; give its name and the file that holds what it shows."""
    read, write = os.pipe()
    command = [XVFB, "-displayfd", str(write), "-screen", "0", "1400x1000x24"]
    process = subprocess.Popen(
        [*command, "-nolisten", "tcp", "-fbdir", str(tmp_path)],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as stream:
        name = ":" + stream.readline().strip()
    yield name, tmp_path / "Xvfb_screen0"
    process.terminate()
    process.wait(timeout=10)


def seen(file):
    """Return the screen (rows, columns, RGB): an X window dump, whose header is in 32 bit words."""
    content = file.read_bytes()
    head = np.frombuffer(content, ">u4", 25)
    begin, columns, rows, colours = int(head[0]), int(head[4]), int(head[5]), int(head[19])
    image = np.frombuffer(content, np.uint8, offset=begin + 12 * colours)
    return image.reshape(rows, columns, 4)[:, :, 2::-1]


def press(display, key):
    """Press and release a key where the pointer is."""
    x11 = ctypes.CDLL(ctypes.util.find_library("X11"))
    xtst = ctypes.CDLL(TEST_KEYS)
    x11.XOpenDisplay.restype = ctypes.c_void_p
    opened = ctypes.c_void_p(x11.XOpenDisplay(display.encode()))
    code = x11.XKeysymToKeycode(opened, ctypes.c_ulong(ord(key)))
    for down in (1, 0):
        xtst.XTestFakeKeyEvent(opened, code, down, ctypes.c_ulong(0))
    x11.XFlush(opened)
    x11.XCloseDisplay(opened)


def until(condition, patience=90.0):
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "too slow"
        time.sleep(0.2)


def test_a_window_shows_the_run_and_a_key_closes_it(run, screen, tmp_path):
    folder = run(case_text())
    display, dump = screen
    environment = {**os.environ, "DISPLAY": display, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "femna", "view", str(folder)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:

        def colours():
            return len(np.unique(seen(dump)[:900, :1200].astype(int) @ [65536, 256, 1]))

        until(lambda: process.poll() is not None or colours() > 300)  # four coloured panels
        told = subprocess.run(
            [WINDOWS, "-root", "-tree", "-display", display],
            capture_output=True,
            text=True,
            check=True,
        )
        assert f'"{folder.name}, ' in told.stdout  # the title names the run and its time
        assert process.poll() is None
        press(display, "q")
        until(lambda: process.poll() is not None, patience=20.0)
        assert process.returncode == 0, process.stderr.read()
        assert "Traceback" not in process.stderr.read()
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
