"""Chromium, headless: Debian's, or the Chrome or Chromium that this machine has. Nothing is downloaded."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Error, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Starts it, and ends it afterwards. Where there is none that is an error: no page is taken for right unseen."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    where = {"executable_path": found} if found else {"channel": "chrome"}
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(**where, chromium_sandbox=not root, args=["--disable-gpu"])
        except Error as error:
            print(error, file=sys.stderr)
            sys.exit("no Chromium starts here; install one, such as Debian's package chromium")
        try:
            yield browser
        finally:
            browser.close()
