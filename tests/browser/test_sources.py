"""The page “Fontes de dados”: a file with a bad row comes back with the reason, the corrected one goes in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.checks import faults


@pytest.fixture
def lines(world) -> list[str]:
    """The header and two rows of the file that the demo world was loaded from."""
    with (world.home / "demo/payments.csv").open(encoding="utf-8") as file:
        return [next(file) for _ in range(3)]


def upload(page: Page, path: Path) -> None:
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Carregar arquivos").click()
    expect(page).to_have_url(re.compile(r"/fontes/cargas/\d+$"))


def test_bad_rows_come_back_with_the_reason_and_the_corrected_file_goes_in(visit, lines, tmp_path):
    bad = tmp_path / "ontem.csv"
    bad.write_text(lines[0] + lines[1] + lines[2].replace("20", "vinte", 1), encoding="utf-8")
    page = visit("/fontes", role="finance")
    version = page.locator(".source-facts").first.inner_text()
    upload(page, bad)
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("link", name=re.compile("recusadas")).click(timeout=60_000)
    refused = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "vinte" in refused
    assert faults(page) == []
    good = tmp_path / "ontem-corrigido.csv"
    good.write_text("".join(lines), encoding="utf-8")
    page.goto(page.url.rpartition("/cargas")[0])
    assert page.locator(".source-facts").first.inner_text().split("Última")[0] == version.split("Última")[0]
    upload(page, good)
    expect(page.locator("#run-state")).to_contain_text("Nada foi alterado", timeout=60_000)


def test_people_who_may_not_load_are_refused(visit, world):
    page = visit("/", role="seller")
    assert page.goto(f"{world.url}/fontes").status == 403
