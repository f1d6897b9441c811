"""Runs headless Chromium or Chrome, whichever is installed. Downloads nothing."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Error, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Starts the browser and closes it afterwards. Exits with an error if none starts, so that no check is skipped."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    location = {"executable_path": found} if found else {"channel": "chrome"}
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(**location, chromium_sandbox=not root, args=["--disable-gpu"])
        except Error as error:
            print(error, file=sys.stderr)
            sys.exit("cannot start Chromium or Chrome; install one, such as Debian's package chromium")
        try:
            yield browser
        finally:
            browser.close()
