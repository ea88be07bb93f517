"""Monday's meeting in a browser: the source is tested and loaded, the funnel leads to a lead, goals come in a sheet."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect
from tests.browser.checks import faults

BOARD = "/analises/comercial/"
SELLER = "Samuel Tavares"


def table_of(page: Page, card: str):
    """A card that shows its rows."""
    box = page.locator(f"#card-{card}")
    box.scroll_into_view_if_needed()
    expect(box).to_be_visible()
    return box


def test_the_connection_is_tested_and_a_load_runs_to_its_end(visit):
    page = visit("/fontes/kommo")
    page.locator("form[action$='/fontes/kommo/testar'] button[type=submit]").click()
    expect(page.locator("body")).to_contain_text("Loja Simulada")
    assert faults(page) == []
    page.locator("form[action$='/fontes/kommo/carregar'] button[type=submit]").click()
    expect(page).to_have_url(re.compile(r"/fontes/cargas/\d+$"))
    state = page.locator("#run-state")
    expect(page.locator("#run-state[hx-get]")).to_have_count(0, timeout=120_000)
    expect(state).not_to_contain_text("Falhou")
    assert faults(page) == []


def test_the_funnel_leads_to_a_lead_and_its_history(visit):
    page = visit(BOARD, role="manager")
    table_of(page, "cohort")
    slowest = table_of(page, "slowest")
    link = slowest.locator("a[href*='/comercial/leads/']").first
    name = link.inner_text()
    link.click()
    expect(page.locator("h1")).to_contain_text(name.strip()[:20])
    expect(page.locator("a[href*='/leads/detail/']")).to_have_count(1)
    assert faults(page) == []


def test_goals_come_from_a_sheet(visit, tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.append(["mes", "vendedor", "canal", "receita", "vendas", "leads"])
    book.active.append(["2027-01", None, None, 345678.9, 41, 170])
    file = tmp_path / "metas.xlsx"
    book.save(file)
    page = visit(f"{BOARD}metas/importar", role="manager")
    page.set_input_files("input[type=file]", file)
    page.locator("form[enctype] button[type=submit]").click()
    confirm = page.locator("button[value=confirmar]")
    expect(confirm).to_be_visible(timeout=60_000)
    confirm.click()
    expect(page.locator(".tone-success").first).to_be_visible(timeout=60_000)
    page.goto(page.url.partition("/metas")[0] + "/metas")
    expect(page.locator("main")).to_contain_text("345.678,90")
    assert faults(page) == []


def test_a_seller_sees_own_leads_only(visit):
    mine = visit(f"{BOARD}agir/parados", role="seller")
    rows = mine.locator("main tbody tr")
    assert rows.count() > 0
    assert all(SELLER in text for text in rows.all_inner_texts())
    everybody = visit(f"{BOARD}agir/parados", role="manager").locator("main tbody tr").all_inner_texts()
    assert any(SELLER not in text for text in everybody)
    board = visit(BOARD, role="seller")
    ranking = table_of(board, "ranking").inner_text()
    assert "Ana Beatriz" not in ranking
    assert board.goto(board.url.rstrip("/") + "/metas").status == 403


def test_the_forecast_and_last_weeks_report(visit):
    page = visit(f"{BOARD}previsao", role="manager")
    expect(page.locator("main")).to_contain_text("R$ 260.000,00")  # the goal of the demo
    assert faults(page) == []
    page.goto(page.url.partition("/analises")[0] + "/relatorios")
    row = page.locator("main tbody tr").filter(has_text=re.compile("semanal|weekly", re.IGNORECASE))
    address = row.locator("a[href$='/arquivo/pdf']").first.get_attribute("href")
    assert page.request.get(page.url.partition("/relatorios")[0] + address).body().startswith(b"%PDF")


def test_the_board_fits_a_phone(visit):
    page = visit(BOARD, role="manager", width=360, theme="dark")
    table_of(page, "cohort")
    assert faults(page) == []


def test_what_changed_between_two_days_has_names(visit):
    page = visit(f"{BOARD}o-que-mudou", role="manager")
    page.locator(".crm-days [name=from]").fill("2026-11-02")
    page.locator(".crm-days [name=to]").fill("2026-11-13")
    page.locator(".crm-days button").click()
    expect(page).to_have_url(re.compile("from=2026-11-02"))
    step = page.locator(".crm-steps a").first
    leads = int(step.inner_text().rpartition(" ")[2])
    rows = page.locator(f"section[aria-labelledby={step.get_attribute('href')[1:]}] tbody tr")
    expect(rows).to_have_count(leads)
    name = rows.first.locator("a[href*='/comercial/leads/']")
    expect(name).not_to_be_empty()
    assert faults(page) == []


def test_the_rows_behind_a_figure_name_their_leads(visit):
    page = visit(BOARD, role="manager")
    table_of(page, "deals-won").locator("[popovertarget=more-deals-won]").click()
    page.locator("#more-deals-won a[href*='/linhas']").click()
    lead = page.locator("tbody th a[href*='/comercial/leads/']").first
    name = lead.inner_text()
    lead.click()
    expect(page.locator("h1")).to_have_text(name)


def test_a_goal_is_changed_from_its_row(visit):
    page = visit(f"{BOARD}metas", role="manager")
    row = page.locator("main tbody tr").filter(has_text="julho de 2026").filter(has_text="Ana Beatriz")
    row.locator("a[href*='goal=']").click()
    revenue = page.locator("#set-goal [name=revenue]")
    expect(revenue).to_have_value("55.000,00")
    revenue.fill("56.789,00")
    page.locator("#set-goal button[type=submit]").click()
    expect(row).to_contain_text("56.789,00")
    row.get_by_role("button", name="Remover").click()
    page.locator("dialog[open] button[type=submit]").click()
    expect(row).to_have_count(0)


def test_pages_with_tables_cut_nothing_off_on_a_phone(visit):
    """Each row of a table stands as a card of its own, so that no figure is beyond the edge."""
    for path in ("metas", "investimento", "marcas", "canais", "previsao", "o-que-mudou"):
        page = visit(BOARD + path, role="manager", width=360, theme="dark")
        wide = page.evaluate(
            "[...document.querySelectorAll('main table')]"
            ".filter((table) => table.scrollWidth > table.parentElement.clientWidth + 1).length"
        )
        assert (path, wide) == (path, 0)
        assert faults(page) == []
