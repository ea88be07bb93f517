"""Records at the screen: typing, rows, drafts, look-ups, actions, keys; on payables and warranties."""

from __future__ import annotations

import itertools
import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.checks import faults
from tests.browser.conftest import sign_in

_turn = itertools.count(1)


def fill_payable(page: Page, name: str = "Transportes Rápidos") -> None:
    turn = next(_turn)
    page.get_by_label("Favorecido").fill(name)
    page.get_by_label("Categoria").select_option("Fretes")
    page.get_by_label("Chave PIX").fill(f"contas{turn}@rapidos.example")
    page.get_by_label(re.compile("^Valor")).fill(f"{1000 + turn},5")
    page.get_by_label(re.compile("^Vencimento")).fill("30112026")


def open_payable(visit, role: str = "cs_analyst", **how) -> Page:
    page = visit("/contas-a-pagar/novo", role=role, **how)
    fill_payable(page)
    page.get_by_role("button", name="Criar").click()
    expect(page.locator(".case-state")).to_contain_text("Pendente")
    return page


def test_typing_is_put_into_shape_and_the_record_opens(visit):
    page = visit("/contas-a-pagar/novo", role="cs_analyst")
    fill_payable(page)
    due, amount = page.get_by_label(re.compile("^Vencimento")), page.get_by_label(re.compile("^Valor"))
    expect(due).to_have_value("30/11/2026")
    amount.blur()
    expect(amount).to_have_value(re.compile(r"^1\.\d{3},50$"))
    page.get_by_label("CPF ou CNPJ").press_sequentially("52998224725")
    expect(page.get_by_label("CPF ou CNPJ")).to_have_value("529.982.247-25")
    page.get_by_role("button", name="Criar").click()
    expect(page.locator("h1")).to_contain_text("Transportes Rápidos")
    expect(page.locator(".timeline-list")).to_contain_text("Criado")


def test_a_draft_survives_a_reload_and_can_be_thrown_away(visit):
    page = visit("/contas-a-pagar/novo", role="cs_admin")
    page.get_by_label("Favorecido").press_sequentially("Meia palav")
    expect(page.locator("[data-draft-state]")).to_have_text("Rascunho guardado")
    page.reload()
    expect(page.get_by_label("Favorecido")).to_have_value("Meia palav")
    page.get_by_role("button", name="Descartar").click()
    expect(page.get_by_label("Favorecido")).to_have_value("")


def test_the_end_of_a_session_loses_nothing(visit, world):
    """The log-in ends while somebody types; they log in again in another tab and go on."""
    page = visit("/entrar", role=None)
    sign_in(page, world.url, "cs_analyst")
    page.goto(f"{world.url}/contas-a-pagar/novo")
    fill_payable(page, "Ainda aqui")
    page.context.clear_cookies()
    page.get_by_role("button", name="Criar").click()
    expect(page.locator("[data-draft-state]")).to_contain_text("Sua sessão terminou")
    expect(page.get_by_label("Favorecido")).to_have_value("Ainda aqui")
    other = page.context.new_page()
    sign_in(other, world.url, "cs_analyst")
    page.get_by_role("button", name="Criar").click()
    expect(page.locator("h1")).to_contain_text("Ainda aqui")


def test_keys_on_a_record(visit):
    page = open_payable(visit)
    page.keyboard.press("c")
    expect(page.get_by_label("Seu comentário")).to_be_focused()
    page.keyboard.press("Escape")
    page.get_by_label("Seu comentário").blur()
    page.keyboard.press("a")
    assert page.evaluate("document.activeElement.hasAttribute('data-action')")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_contain_text("Ações do registro")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page).to_have_url(re.compile("/editar$"))


def test_a_refusal_stands_beside_its_action_with_what_was_typed(visit):
    page = open_payable(visit, role="cs_admin")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Seu comentário").fill("Vou mudar o responsável.")
    other.get_by_role("button", name="Comentar").click()
    other.locator(".case-assign summary").click()
    other.locator("#assign-owner").select_option(label="Vera Lopes")
    other.locator(".case-assign button").click()
    expect(other.locator(".case-now")).to_contain_text("Vera Lopes")
    page.locator(".case-ask summary", has_text="Cancelar").click()
    page.get_by_label("Motivo").fill("Foi lançada em dobro")
    page.locator(".case-ask[open] button[type=submit]").click()
    expect(page.locator(".case-refusal")).to_contain_text("Nada foi feito")
    expect(page.get_by_label("Motivo")).to_have_value("Foi lançada em dobro")
    page.locator(".case-ask[open] button[type=submit]").click()
    expect(page.locator(".case-state")).to_contain_text("Cancelad")


def test_rows_with_and_without_script(visit):
    page = visit("/garantias/novo", role="cs_analyst")
    before = page.locator(".case-rows [data-row]").count()
    page.get_by_role("button", name="Incluir linha").click()
    rows = page.locator(".case-rows [data-row]")
    expect(rows).to_have_count(before + 1)
    expect(page.locator("[name=items-TOTAL_FORMS]")).to_have_value(str(before + 1))
    rows.last.locator("input").first.fill("ZZ-9")
    rows.first.get_by_role("button", name="Remover a linha").click()
    expect(rows).to_have_count(before)
    expect(page.locator("[name=items-0-sku]")).to_have_value("ZZ-9" if before == 1 else "")
    plain = visit("/garantias/novo", role="cs_admin", javascript=False)
    plain.locator("[name=items-0-sku]").fill("AA-1")
    plain.get_by_role("button", name="Incluir linha").click()
    expect(plain.locator("[name=items-0-sku]")).to_have_value("AA-1")
    expect(plain.locator("[name=items-1-sku]")).to_be_visible()


def test_a_customer_is_chosen_from_the_keyboard(visit):
    page = visit("/clientes/novo", role="cs_analyst")
    name = f"Zulmira Quintela {next(_turn)}"
    page.get_by_label("Nome", exact=True).fill(name)
    page.get_by_role("button", name="Criar").click()
    expect(page.locator("h1")).to_contain_text(name)
    number = page.locator(".case-number").inner_text()
    page.goto(page.url.split("/clientes")[0] + "/garantias/novo")
    field = page.locator("[name=customer]")
    field.press_sequentially("Zulmira Quint")
    expect(page.locator(".lookup-list [role=option]").first).to_contain_text("Zulmira")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("Enter")
    expect(field).to_have_value(re.compile(r"^CL-"))
    assert number.startswith("CL-")
    expect(page.locator("[data-lookup-label]").first).to_contain_text("Zulmira")


def test_many_at_once_with_an_outcome_for_each(visit):
    page = open_payable(visit, role="cs_admin")
    page.goto(page.url.rpartition("/")[0] + "?state=pending")
    page.locator("[data-select]").first.check()
    page.locator(".bulk-reason").fill("Limpeza da fila")
    page.locator("[data-bulk] button", has_text="Cancelar").click()
    sure = page.locator("dialog[open] .btn-danger")
    if sure.count():
        sure.click()
    expect(page.locator("main")).to_contain_text("1 registro feito")
    expect(page.locator("main")).to_contain_text(re.compile(r"CP-2026-\d{6}"))


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_kind_of_page_keeps_the_rules(visit, world, width, theme):
    page = open_payable(visit, width=width, theme=theme)
    record = page.url
    wrong = {}
    base = f"{world.url}/contas-a-pagar"
    own = [record, f"{record}/editar", f"{record}/imprimir"]
    for url in [*own, base, f"{base}/quadro", f"{base}/ajuda", f"{base}/novo"]:
        page.goto(url)
        if found := faults(page):
            wrong[url] = found
    page.goto(f"{world.url}/meu-dia")
    wrong |= {"/meu-dia": found} if (found := faults(page)) else {}
    page.goto(record)
    for summary in page.locator(".case-ask summary").all():
        summary.click()
    wrong |= {"open actions": found} if (found := faults(page)) else {}
    assert wrong == {}


def test_everything_works_without_script(visit):
    page = visit("/contas-a-pagar/novo", role="cs_admin", javascript=False)
    page.get_by_label("Favorecido").fill("Sem script")
    page.get_by_label("Categoria").select_option("Fretes")
    page.get_by_label("Chave PIX").fill("sem@script.example")
    page.get_by_label(re.compile("^Valor")).fill("77,70")
    page.get_by_label(re.compile("^Vencimento")).fill("30/11/2026")
    page.get_by_role("button", name="Criar").click()
    page.get_by_label("Seu comentário").fill("Sem script, mas com comentário.")
    page.get_by_role("button", name="Comentar").click()
    expect(page.locator(".timeline-list")).to_contain_text("Sem script, mas com comentário.")
    page.locator(".case-ask summary", has_text="Cancelar").click()
    page.get_by_label("Motivo").fill("Engano")
    page.locator(".case-ask[open] button[type=submit]").click()
    expect(page.locator(".case-state")).to_contain_text("Cancelad")
