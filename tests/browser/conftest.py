"""A real Chromium on the real processes over the demo world.

    def test_something(visit):
        page = visit("/alertas", role="manager", width=360, theme="dark")
        ...

`visit` signs the person of that role in (once per session), opens the page and watches it: an error on the console, a
report of the content security policy, an exception or an answer of 500 fails the test. `role=None` is nobody. The world
is shared by the tests of a session: change what your own test made, leave the rest as it is.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from farol.demo.people import PEOPLE, password

ROOT = Path(__file__).resolve().parents[2]
SEED = 7
AS_OF = "2026-11-20"
NOW = "2026-11-20T09:30:00-03:00"
PATIENCE = 900  # seconds until the demo world is there, which whichever test comes first waits for
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
REPORTS = """addEventListener("securitypolicyviolation", (e) => console.error(
    `Content Security Policy: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber} ${e.sample}`));"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")
            item.add_marker(pytest.mark.timeout(PATIENCE))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(home: Path, port: int, stream: int) -> dict[str, str]:
    ours = {
        "FAROL_HOME": str(home),
        "FAROL_PORT": str(port),
        "FAROL_STREAM_PORT": str(stream),
        "FAROL_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "FAROL_CLOCK_FILE": str(home / "clock"),
        "FAROL_DATABASE_URL": "sqlite:///",
        "FAROL_WAREHOUSE": "duckdb",
        "FAROL_WEB_PROCESSES": "1",
        "FAROL_TINY_SIMULATOR_PORT": str(free_port()),
        "FAROL_KOMMO_SIMULATOR_PORT": str(free_port()),
        "FAROL_LOG_FORMAT": "text",
        "PYTHONPATH": str(ROOT / "src"),
    }
    return {**os.environ, **ours}


def farol(*arguments: str, env: dict[str, str]) -> None:
    done = subprocess.run([sys.executable, "-m", "farol.cli", *arguments], env=env, capture_output=True, text=True)
    assert done.returncode == 0, f"farol {' '.join(arguments)}: {done.stderr[-3000:]}"


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The data folder with the demo world, built once for all workers of a run."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared if worker_id == "master" else shared.parent
    home, ready = shared / "farol-world", shared / "farol-world.ready"
    try:
        home.mkdir()
    except FileExistsError:
        for _ in range(2 * PATIENCE):
            if ready.exists():
                return home
            time.sleep(0.5)
        raise
    (home / "clock").write_text(NOW)
    farol("demo", "--seed", str(SEED), "--as-of", AS_OF, env=environment(home, free_port(), free_port()))
    ready.touch()
    return home


@dataclass(frozen=True)
class World:
    url: str
    home: Path
    env: dict[str, str]

    def farol(self, *arguments: str) -> None:
        """Run the command line on this world."""
        farol(*arguments, env=self.env)


@pytest.fixture(scope="session")
def world(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Pages, live notices and worker over a copy of the demo world."""
    home = tmp_path_factory.mktemp("world") / "home"
    shutil.copytree(prepared, home)
    port, stream = free_port(), free_port()
    env = environment(home, port, stream)
    log = (home / "up.log").open("w")
    started = subprocess.Popen(
        [sys.executable, "-m", "farol.cli", "up"], env=env, stdout=log, stderr=log, start_new_session=True
    )
    world = World(f"http://127.0.0.1:{port}", home, env)
    try:
        wait_until_up(world, started)
        yield world
    finally:
        started.send_signal(signal.SIGTERM)
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()
        log.close()


def wait_until_up(world: World, started: subprocess.Popen) -> None:
    for _ in range(120):
        assert started.poll() is None, (world.home / "up.log").read_text()[-3000:]
        try:
            with urllib.request.urlopen(f"{world.url}/entrar", timeout=2):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError((world.home / "up.log").read_text()[-3000:])


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, or Playwright's own. It ends with its file: its event loop would trouble other tests."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        except Error as error:
            reason = str(error).splitlines()[0]
            pytest.skip(f"no Chromium ({reason}); install the package chromium, or run: playwright install chromium")
        yield browser
        browser.close()


def watch(page: Page, problems: list[str]) -> None:
    def console(message) -> None:
        # an answer of 4xx may be what the test is about; one of 5xx is caught below
        if message.type == "error" and "the server responded with a status of" not in message.text:
            problems.append(f"console: {message.text}")

    page.on("console", console)
    page.on("pageerror", lambda error: problems.append(f"exception: {error}"))
    page.on("response", lambda r: problems.append(f"{r.status} {r.url}") if r.status in (500, 501, 502) else None)
    page.add_init_script(REPORTS)


def sign_in(page: Page, url: str, role: str) -> None:
    """Through the form, as a person does."""
    page.goto(f"{url}/entrar")
    page.locator("input[type=email]").fill(PEOPLE[role][0])
    page.locator("input[type=password]").fill(password(SEED))
    page.locator("form:has(input[type=password]) button[type=submit]").click()
    page.wait_for_url(lambda found: "/entrar" not in found)


@pytest.fixture(scope="session")
def cookies() -> dict[str, Any]:
    """What signed-in browsers keep, by role; filled by `visit`."""
    return {}


def signed_in(chromium: Browser, world: World, cookies: dict[str, Any], role: str) -> Any:
    if role not in cookies:
        context = chromium.new_context(locale="pt-BR")
        sign_in(context.new_page(), world.url, role)
        cookies[role] = context.storage_state()
        context.close()
    return cookies[role]


@pytest.fixture
def visit(chromium: Browser, world: World, cookies: dict[str, Any]) -> Iterator[Callable[..., Page]]:
    """Opens pages; see the head of this file. Pages of one test share nothing but the server."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_page(
        path: str,
        role: str | None = "super_admin",
        *,
        width: int = 1440,
        theme: str = "light",
        language: str = "pt-BR",
        javascript: bool = True,
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 740 if width < 600 else 900},
            color_scheme=theme,
            locale=language,
            java_script_enabled=javascript,
            storage_state=signed_in(chromium, world, cookies, role) if role else None,
            has_touch=width < 600,
        )
        contexts.append(context)
        page = context.new_page()
        watch(page, problems)
        page.goto(world.url + path)
        assert role is None or "/entrar" not in page.url, "signed out"
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []
