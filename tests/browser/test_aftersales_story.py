"""The whole story of a case as its people live it, each in a browser of their own, down to the books.

A warranty from a CPF, goods on their way back, triage, order in the ERP, verification, store credit, a seller's
request, the decision of finance, and a result of the case that adds up.
"""

from __future__ import annotations

import re
import time

from playwright.sync_api import Page, expect

CPF = "390.533.447-05"


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        control = page.locator(f".case-form [name='{name.replace('__', '-')}']")
        if control.evaluate("one => one.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)


def save(page: Page) -> str:
    """Send the form; the address of the record it made."""
    page.locator(".case-bar button[type=submit]").click()
    page.wait_for_url(re.compile(r"/[A-Z]{2}-\d{4}-\d+$"))
    return "/" + page.url.split("/", 3)[3]


def do(page: Page, action: str, **fields: str) -> None:
    """One action of a record's page, with what it asks."""
    form = page.locator(f"form[action$='/acao/{action}']")
    if not form.locator("button[type=submit]").is_visible():
        page.locator("details.case-ask", has=form).locator("summary").click()
    for name, value in fields.items():
        control = form.locator(f"[name='{name}']")
        if control.evaluate("one => one.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()


def spawn(page: Page, path: str) -> None:
    """Open another kind of record out of this one."""
    link = page.locator(f"a[href^='{path}/novo?de=']")
    if not link.is_visible():
        page.locator("details.menu", has=link).locator("summary").click()
    link.click()
    page.wait_for_url(f"**{path}/novo?**")


def state(page: Page) -> str:
    return page.locator(".case-now dd").first.inner_text().strip()


def wait_for_state(page: Page, wanted: str) -> None:
    for _second in range(40):
        if state(page) == wanted:
            return
        time.sleep(1)
        page.reload()
    raise AssertionError(f"still {state(page)}")


def open_case(visit, world_number: str) -> tuple[Page, str]:
    """The analyst's page of a new warranty, opened from a CPF that nobody knew."""
    page = visit("/garantias/novo", role="cs_analyst")
    field = page.locator("[name=customer]")
    field.fill("")  # a draft may have come back
    field.press_sequentially(CPF)
    page.get_by_label("Nome do novo cliente").fill("Joana Prado da História")
    page.get_by_role("button", name="Cadastrar com este nome").click()
    expect(field).to_have_value(re.compile(r"^CL-"))
    expect(page.locator("[data-lookup-label]").first).to_contain_text("Joana")
    fill(page, order=world_number, items__0__sku="FAROL-LED-9", items__0__defect="Não liga")
    return page, save(page)


def test_a_case_from_its_cpf_to_the_books(visit):
    analyst, case = open_case(visit, "PED-HISTORIA-1")
    assert state(analyst) == "Pendente"
    expect(analyst.locator("main")).to_contain_text("GR1")
    do(analyst, "request_return", carrier="Correios")
    assert state(analyst) == "Aguardando logística reversa"

    spawn(analyst, "/triagem")
    triage = save(analyst)
    do(analyst, "start")
    do(analyst, "dispose", disposition="scrap", cost="80,00", cause="Queimado")
    do(analyst, "conclude")
    assert state(analyst) == "Concluído"
    expect(analyst.locator(f"a[href='{case}']").first).to_be_visible()

    analyst.goto(analyst.url.replace(triage, case))
    expect(analyst.locator(f"a[href='{triage}']").first).to_be_visible()
    do(analyst, "generate")
    wait_for_state(analyst, "Gerado")
    assert analyst.locator("form[action$='/acao/verify']").count() == 0, "an analyst does not verify"

    verifier = visit(case, role="verifier")
    do(verifier, "verify")
    assert state(verifier) == "Conferido"

    credit = visit(case, role="cs_admin")
    spawn(credit, "/vales")
    fill(credit, amount="500,00", expires_on="2027-06-30")
    voucher = save(credit)

    seller = visit(voucher, role="seller")
    spawn(seller, "/usos-de-vale")
    fill(seller, amount="200,00", order="PED-HISTORIA-2")
    use = save(seller)
    assert seller.locator("form[action$='/acao/approve']").count() == 0, "who asks does not decide"

    finance = visit(use, role="finance")
    do(finance, "approve")
    assert state(finance) == "Aprovado"
    finance.goto(finance.url.replace(use, voucher))
    expect(finance.locator("#part-statement, main").first).to_contain_text("300,00")

    analyst.goto(analyst.url)
    result = analyst.locator("section", has=analyst.get_by_role("heading", name="Resultado do caso"))
    for amount in ("80,00", "300,00", "200,00", "580,00"):
        expect(result).to_contain_text(amount)


def test_what_was_typed_survives_a_refusal_and_a_reload(visit):
    page = visit("/garantias/novo", role="cs_analyst")
    fill(page, order="PED-RASCUNHO", items__0__sku="FAROL-LED-9")
    page.locator(".case-bar button[type=submit]").click()
    expect(page.locator(".field-invalid [name=customer]")).to_be_focused()
    expect(page.locator("[name=order]")).to_have_value("PED-RASCUNHO")
    expect(page.locator("[name='items-0-sku']")).to_have_value("FAROL-LED-9")


def test_two_people_decide_and_the_second_is_told(visit):
    page, case = open_second(visit)
    first, second = page, visit(case, role="cs_admin")
    do(first, "request_return")
    do(second, "cancel", reason="aberta em duplicidade")
    expect(second.locator(".case-refusal")).to_be_visible()
    assert state(second) == "Aguardando logística reversa"


def open_second(visit) -> tuple[Page, str]:
    page = visit("/garantias/novo", role="cs_analyst")
    fill(page, customer=CPF, order="PED-DUAS-PESSOAS", items__0__sku="FAROL-LED-9")
    return page, save(page)
