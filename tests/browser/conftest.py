"""A server of our own on a free port and a real Chromium; skipped, with a reason, where there is none."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect, sync_playwright

from core.settings import ROOT
from tests.tiny_workspace import make

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
expect.set_options(timeout=20_000)  # other programs may hold the processor
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as reply:
            return reply.status == 200
    except OSError:
        return False


@contextmanager
def serving(workspace_path):
    """The app on a workspace, as the README starts it; gives its address."""
    with launched(workspace_path) as (address, _):
        yield address


@contextmanager
def launched(workspace_path):
    """The same; gives its address and its process."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = os.environ | {"PHARMIAGE_WORKSPACE": str(workspace_path)}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 60
        while not answers(f"{address}/_stcore/health"):
            assert time.monotonic() < deadline and server.poll() is None, "the server does not start"
            time.sleep(0.1)
        yield address, server
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="session")
def browser():
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    tab = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="light")
    tab.set_default_timeout(20_000)
    yield tab
    tab.close()


@pytest.fixture(scope="session")
def served(browser, tmp_path_factory):
    """One server for all tests; the folder that it serves is a link that each test turns to its own workspace."""
    folder = tmp_path_factory.mktemp("served") / "w"
    folder.symlink_to(make(tmp_path_factory.mktemp("first") / "w").path)
    with serving(folder) as address:
        yield address, folder


@pytest.fixture
def workspace(tmp_path, served):
    fresh, link = make(tmp_path / "w"), served[1]
    link.unlink()
    link.symlink_to(fresh.path)
    return fresh


@pytest.fixture
def server(served, workspace):
    return served[0]
