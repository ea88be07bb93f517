"""Lists as people work with them all day, and records from a file: selecting, views, density, template to records."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.checks import faults

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module", autouse=True)
def mornings(world):
    """Days of the demo world on which something was planted: alerts to select."""
    for day in ("2026-09-10", "2026-10-14", "2026-10-28", "2026-11-11"):
        world.farol("alerts", "run", "--area", "payments", "--date", day)


def test_selecting_rows_ranges_the_page_and_all_results(visit):
    page = visit("/alertas", role="manager")
    boxes, bar = page.locator("[data-select]"), page.locator("[data-bulk]")
    count = boxes.count()
    assert count >= 4
    expect(bar).to_be_hidden()
    boxes.nth(0).check()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(page.locator("[data-bulk-count]")).to_have_text("3")
    expect(page.locator("tr.is-selected")).to_have_count(3)
    page.locator("[data-select-all]").check()
    expect(page.locator("[data-bulk-count]")).to_have_text(str(count))
    boxes.nth(1).uncheck()
    assert page.locator("[data-select-all]").evaluate("box => box.indeterminate")
    page.locator("[data-select-all]").click()
    page.locator("[data-select-all]").click()
    expect(page.locator("[data-select]:checked")).to_have_count(0)
    expect(bar).to_be_hidden()


def test_the_keyboard_selects_the_row_it_stands_on(visit):
    page = visit("/alertas", role="manager")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("tr.is-selected.is-current")).to_have_count(1)
    expect(page.locator("[data-bulk]")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_view_is_kept_shared_renamed_and_deleted(visit, javascript):
    name = f"Falhas {'com' if javascript else 'sem'}"
    page = visit("/componentes?state=failed", javascript=javascript)
    menu = page.locator("details", has=page.locator("form[action='/visoes']"))
    menu.locator("summary").click()
    page.get_by_label("Nome da visão").fill(name)
    page.get_by_label("Mostrar à equipe").check()
    page.get_by_role("button", name="Salvar visão").click()
    tab = page.locator(".list-views a", has_text=name)
    expect(tab).to_have_attribute("aria-current", "page")
    expect(page).to_have_url(re.compile(r"/componentes\?state=failed$"))
    page.locator(".list-views a", has_text="Todos").click()
    expect(page.locator(".list-foot")).to_contain_text("24")
    page.locator(".list-views a", has_text=name).click()
    expect(page.locator(".list-foot")).to_contain_text("6")
    page.locator("summary[aria-label='Alterar esta visão']").click()
    page.locator("form[action^='/visoes/'] input[name=name]").fill(f"{name} 2 {HOSTILE}")
    page.locator("form[action^='/visoes/'] button", has_text="Salvar").click()
    expect(page.locator(".list-views a[aria-current]")).to_contain_text(f"{name} 2 {HOSTILE}")
    page.locator("summary[aria-label='Alterar esta visão']").click()
    page.locator("button", has_text="Excluir esta visão").click()
    if javascript:
        page.locator("dialog[open] button.btn-danger").click()
    expect(page.locator(".list-views")).to_have_count(0)


def test_density_is_remembered(visit):
    page = visit("/componentes")
    high = page.locator("tbody tr").last.bounding_box()["height"]
    page.get_by_role("link", name="Mostrar linhas mais juntas").click()
    expect(page.locator(".list-card.is-compact")).to_be_visible()
    assert page.locator("#list-examples tbody tr").last.bounding_box()["height"] < high
    page.goto(page.url.split("?")[0])
    expect(page.locator(".list-card.is-compact")).to_be_visible()
    page.get_by_role("link", name="Mostrar linhas com mais espaço").click()
    expect(page.locator(".list-card.is-compact")).to_have_count(0)


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (1440, "dark"), (360, "light"), (360, "dark")])
def test_a_list_at_work_keeps_the_rules(visit, width, theme):
    page = visit("/alertas", role="manager", width=width, theme=theme)
    page.locator("[data-select]").first.check()
    expect(page.locator("[data-bulk]")).to_be_visible()
    assert faults(page) == []
    page = visit("/componentes?state=failed&sort=name", width=width, theme=theme)
    page.locator("details:has(form[action='/visoes']) summary").click()
    page.get_by_label("Nome da visão").click()
    page.wait_for_timeout(300)  # colours change over a moment
    assert faults(page) == []


def test_customers_come_from_a_file(visit):
    page = visit("/clientes/importar", role="cs_admin")
    assert faults(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Baixar o modelo").click()
    assert download.value.suggested_filename == "modelo-customers.xlsx"
    heading = page.locator("tbody tr td:first-child").all_inner_texts()
    assert "Nome" in heading
    page.set_input_files(
        "input[type=file]", {"name": "clientes.csv", "mimeType": "text/csv", "buffer": csv(heading, "")}
    )
    page.get_by_role("button", name="Conferir o arquivo").click()
    expect(page.locator("[role=alert]")).to_contain_text("precisa ser corrigida")
    expect(page.locator("body")).to_contain_text(HOSTILE)
    assert faults(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Baixar as linhas a corrigir").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    page.get_by_role("link", name="Outro arquivo").click()
    good = {"name": "clientes.csv", "mimeType": "text/csv", "buffer": csv(heading, "Zuleica Importada")}
    page.set_input_files("input[type=file]", good)
    page.get_by_role("button", name="Conferir o arquivo").click()
    page.get_by_role("button", name=re.compile("^Importar")).click()
    expect(page.locator("[role=status]").first).to_contain_text("foram importadas")
    page.goto(page.url.split("/clientes")[0] + "/clientes?q=Zuleica")
    expect(page.locator("tbody")).to_contain_text("Zuleica Importada")


def csv(heading: list[str], name: str) -> bytes:
    """Two customers; the second one's name is what is given."""
    at = heading.index("Nome")
    rows = [["" for _label in heading] for _row in range(2)]
    rows[0][at], rows[1][at] = f"Primeira {HOSTILE}", name
    if not name:
        rows[1][0 if at else 1] = "x"
    return "\r\n".join(";".join(row) for row in [heading, *rows]).encode()
