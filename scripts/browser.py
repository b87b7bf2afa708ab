"""The browser in which the explorer's page is tested: found, or, as root on a Debian, installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)
MISSING = (
    "NO BROWSER, SO NOBODY TESTS THE EXPLORER'S PAGE: install Chromium or Chrome (on Debian: "
    "apt-get install chromium)."
)
AT_MOST = 300
"""Seconds for its installation."""
FLAGS = (
    *("--headless", "--disable-gpu", "--disable-background-networking", "--no-first-run"),
    *("--disable-component-update", "--disable-sync"),
    # for root, and in most containers, there is none; and it opens no page but ours
    *("--no-sandbox", "--disable-dev-shm-usage"),
)
"""For a browser that has no window, and looks nothing up by itself."""


def found() -> str | None:
    """A Chrome or Chromium of this machine."""
    there = [shutil.which(name) for name in NAMES]
    return next((each for each in [*there, *ELSEWHERE] if each and Path(each).exists()), None)


def find_or_install() -> str | None:
    """A browser; where there is none and this is root's to decide, Debian's Chromium."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if found() is not None or not is_root or shutil.which("apt-get") is None:
        return found()
    print("Installing Chromium, in which the explorer's page is tested.", flush=True)
    install = ["install", "--yes", "--no-install-recommends", "chromium"]
    # its list of packages may be old, or not be there yet
    for words in (install, ["update"], install):
        if found() is None:
            _apt(words)
    return found()


def _apt(words: list[str]) -> None:
    patience = ["-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20"]
    # given up after a while: then there is none, and the tests say so
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(
            ["apt-get", "--quiet", *patience, *words],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=AT_MOST,
            check=False,
        )
