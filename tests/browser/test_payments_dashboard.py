"""The board of payments in a real browser: period by keyboard, filter by click, drill, files, saved view, themes."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from tests.browser.checks import faults

BOARD = "/analises/pagamentos/"
SIZES = [(1440, "light"), (1440, "dark"), (360, "light"), (360, "dark")]


def asked(page: Page, part: str) -> None:
    """Wait until the board answers an address with `part` in it."""
    page.wait_for_selector(f'#board[data-address*="{part}"]')


def chart(page: Page, card: str):
    """The chart of a card, drawn."""
    box = page.locator(f"#card-{card} [data-chart]")
    box.scroll_into_view_if_needed()
    expect(box).to_have_attribute("data-drawn", re.compile(r"\d+"))
    return box


def query(world, *words: str) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "farol.cli", "query", "payments", "--format", "json", *words],
        env=world.env,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_board_keeps_the_rules(visit, width, theme):
    page = visit(f"{BOARD}?period=28d", role="manager", width=width, theme=theme)
    chart(page, "tpv-days")
    chart(page, "tier-method")
    assert faults(page) == []


def test_figures_are_those_of_the_command_line(visit, world):
    page = visit(BOARD, role="manager")
    row = query(world, "--measures", "tpv,transactions,average_ticket", "--compare", "w1")["rows"][0]
    shown = page.locator("#card-tpv .fd-kpi-value").get_attribute("title")
    assert Decimal(re.sub(r"[^\d,]", "", shown).replace(",", ".")) == Decimal(row["tpv"])
    pct = f"{abs(row['compare']['tpv']['w1']['pct']):.1f}".replace(".", ",")
    expect(page.locator("#card-tpv .fd-kpi-change")).to_contain_text(pct)


def test_period_and_filter_by_keyboard_alone(visit):
    page = visit(BOARD, role="manager")
    page.get_by_role("link", name="28 dias", exact=True).focus()
    page.keyboard.press("Enter")
    asked(page, "period=28d")
    assert "period=28d" in page.url
    expect(page.locator(".fd-presets [aria-current]")).to_have_text("28 dias")
    expect(page.get_by_role("link", name="28 dias", exact=True)).to_be_focused()

    page.locator("#fd-open-product").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    asked(page, "product=")
    expect(page.locator("#fd-product-1")).to_be_focused()
    expect(page.locator("#fd-product-1")).to_be_checked()
    page.keyboard.press("Escape")
    expect(page.locator("#fd-open-product")).to_be_focused()
    assert page.locator("#fd-filter-product").get_attribute("open") is None


def test_click_filters_the_rest_and_back_returns(visit):
    page = visit(f"{BOARD}?period=28d", role="manager")
    before = page.locator("#card-tpv .fd-kpi-value").inner_text()
    chart(page, "tier-method").click(position={"x": 200, "y": 60})
    asked(page, "price_tier=")
    assert "payment_method=" in page.url
    expect(page.locator("#card-tpv .fd-kpi-value")).not_to_have_text(before)
    expect(page.locator("#fd-open-price_tier")).to_have_class(re.compile("is-on"))
    page.go_back()
    expect(page.locator("#card-tpv .fd-kpi-value")).to_have_text(before)


def test_shift_click_opens_the_rows_behind(visit):
    page = visit(f"{BOARD}?period=28d", role="manager")
    chart(page, "tier-method").click(position={"x": 200, "y": 60}, modifiers=["Shift"])
    page.wait_for_url(re.compile("/linhas"))
    assert "price_tier=" in page.url
    expect(page.get_by_role("heading", level=1)).to_have_text("As linhas por trás dos números")
    assert page.locator("table tbody tr").count() > 0
    assert faults(page) == []


def test_table_beside_the_chart_filters_too(visit):
    page = visit(f"{BOARD}?period=28d", role="manager")
    button = page.locator("#card-share-table")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#card-share [data-chart]")).to_be_hidden()
    page.locator("#card-share table a").first.click()
    asked(page, "product=")
    expect(page.locator("#card-share-table")).to_have_attribute("aria-pressed", "true")


def test_files_hold_what_the_query_says(visit, world, tmp_path):
    page = visit(f"{BOARD}?period=28d&base=w1", role="manager")
    period = page.locator("#board").get_attribute("data-days")
    rows = query(world, "--measures", "tpv,transactions", "--by", "product", "--period", period)["rows"]
    expected = {row["product"]: (Decimal(row["tpv"]), row["transactions"]) for row in rows}
    files = {}
    for kind in ("CSV", "XLSX"):
        page.locator("#card-share-more").click()
        with page.expect_download() as found:
            page.locator("#more-share").get_by_role("link", name=kind).click()
        files[kind] = Path(tmp_path / found.value.suggested_filename)
        found.value.save_as(files[kind])

    lines = list(csv.reader(files["CSV"].open(encoding="utf-8-sig"), delimiter=";"))
    tpv, transactions = lines[0].index("TPV"), lines[0].index("Transações")
    assert {r[0]: (Decimal(r[tpv].replace(",", ".")), int(r[transactions])) for r in lines[1:]} == expected
    sheet = openpyxl.load_workbook(files["XLSX"]).active
    cells = list(sheet.iter_rows(values_only=True))
    found = {r[0]: (Decimal(str(r[tpv])).quantize(Decimal("0.01")), r[transactions]) for r in cells[1:]}
    assert found == expected


def test_whole_board_as_one_workbook(visit, tmp_path):
    page = visit(f"{BOARD}?period=28d", role="manager")
    with page.expect_download() as found:
        page.get_by_role("link", name="Planilha").click()
    found.value.save_as(tmp_path / "board.xlsx")
    book = openpyxl.load_workbook(tmp_path / "board.xlsx")
    assert len(book.sheetnames) > 12
    assert book.worksheets[0]["B2"].value == "Pagamentos"


def test_picture_of_a_chart(visit, tmp_path):
    page = visit(f"{BOARD}?period=28d", role="manager")
    chart(page, "tpv-days")
    page.locator("#card-tpv-days-more").click()
    with page.expect_download() as found:
        page.get_by_role("button", name="Baixar imagem").locator("visible=true").click()
    found.value.save_as(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_definition_leads_to_the_receipt(visit):
    page = visit(BOARD, role="manager")
    page.locator("#card-tpv-about").click()
    expect(page.locator("#about-tpv")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#about-tpv")).to_be_hidden()
    page.locator("#card-tpv-about").click()
    page.locator("#about-tpv .fd-receipt").first.click()
    page.wait_for_url(re.compile("/recibos/"))


def test_saved_view_is_shared_by_its_link(visit):
    page = visit(f"{BOARD}?period=28d&base=y1", role="manager")
    page.locator("#fd-views > summary").click()
    page.get_by_label("Nome desta visão").fill("Vinte e oito dias")
    page.get_by_label("Mostrar à equipe").check()
    page.get_by_role("button", name="Salvar visão").click()
    page.wait_for_url(re.compile("view="))
    page.locator("#fd-views > summary").click()
    link = page.locator("#fd-views [data-copy]").first.get_attribute("data-copy")
    other = visit(link[link.index("/analises") :], role="finance")
    asked(other, "period=28d&base=y1")
    expect(other.locator(".fd-question")).to_contain_text("Vinte e oito dias")
    page.get_by_role("button", name="Excluir a visão Vinte e oito dias").click()
    page.wait_for_url(lambda url: "view=" not in url)
    assert other.reload().status == 404


def test_theme_repaints_the_charts(visit):
    page = visit(f"{BOARD}?period=28d", role="manager")
    box = chart(page, "tpv-days")
    light = box.screenshot()
    page.get_by_role("button", name="Escuro").first.click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert box.screenshot() != light
    page.get_by_role("button", name="Claro").first.click()


def test_works_without_javascript(visit):
    page = visit(f"{BOARD}?period=28d", role="manager", javascript=False)
    expect(page.locator("#card-tpv .fd-kpi-value")).to_be_visible()
    expect(page.locator("#card-tpv-days table")).to_be_visible()
    page.get_by_role("link", name="90 dias").click()
    assert "period=90d" in page.url


def test_nothing_moves_while_the_board_loads(visit):
    page = visit("/", role="manager")
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver((list) => list.getEntries().forEach((e) => {"
        " if (!e.hadRecentInput) window.moved += e.value; })).observe({ type: 'layout-shift', buffered: true });"
    )
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + BOARD)
    chart(page, "tpv-days")
    assert page.evaluate("window.moved") < 0.02
