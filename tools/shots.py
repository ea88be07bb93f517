"""Takes the screenshots of the README from the demo world (`./dev shots`): a throw-away installation, a fixed seed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs/images"
PORT = "8790"
ADDRESS = f"http://127.0.0.1:{PORT}"
PAGES = {
    "home": "/",
    "payments": "/analises/pagamentos/?period=90d",
    "commercial": "/analises/comercial/?period=90d",
    "warranties": "/garantias",
    "alerts": "/alertas",
}
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def farol(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "farol.cli", *arguments]


def wait_until_ready() -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{ADDRESS}/healthz", timeout=2)
            return
        except OSError:
            time.sleep(0.5)
    sys.exit("shots: the portal did not answer")


def sign_in(page: Page) -> None:
    page.goto(f"{ADDRESS}/entrar")
    page.fill("input[name=username], input[name=email]", "operacoes@farol.example")
    page.fill("input[type=password]", "farol-demonstracao-7")
    page.press("input[type=password]", "Enter")
    page.wait_for_load_state("networkidle")


def shoot(theme: str, width: int, names: dict[str, str]) -> None:
    with sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme, locale="pt-BR")
        sign_in(page)
        for name, path in names.items():
            page.goto(ADDRESS + path)
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(1200)
            suffix = theme if width > 500 else f"{theme}-phone"
            page.screenshot(path=IMAGES / f"{name}-{suffix}.png")
        browser.close()


def report(env: dict[str, str], folder: Path) -> None:
    """The first page of the daily report as a picture."""
    command = farol("report", "daily", "--area", "payments", "--out", str(folder), "--format", "pdf")
    subprocess.run(command, env=env, check=True)
    pdf = next(folder.glob("*.pdf"))
    target = IMAGES / "report"
    subprocess.run(["pdftoppm", "-png", "-r", "80", "-singlefile", "-f", "1", str(pdf), str(target)], check=True)


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        env = {
            **os.environ,
            "FAROL_HOME": folder,
            "FAROL_PORT": PORT,
            "FAROL_STREAM_PORT": "8791",
            "FAROL_PUBLIC_URL": ADDRESS,
            "FAROL_TINY_SIMULATOR_PORT": "8792",
            "FAROL_KOMMO_SIMULATOR_PORT": "8793",
        }
        subprocess.run(farol("demo", "--seed", "7"), env=env, check=True)
        server = subprocess.Popen(farol("up", "--port", PORT), env=env)
        try:
            wait_until_ready()
            shoot("light", 1440, PAGES)
            shoot("dark", 1440, {"payments": PAGES["payments"]})
            shoot("light", 360, {"payments": PAGES["payments"]})
            report(env, Path(folder))
        finally:
            server.terminate()
            server.wait(30)


if __name__ == "__main__":
    main()
