"""The page “Alertas” as people use it: read, acknowledge, snooze, judge, comment, many at once, from the keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.checks import faults


@pytest.fixture(scope="module", autouse=True)
def mornings(world):
    """Days of the demo world on which something was planted, judged as their mornings would have."""
    for day in ("2026-09-10", "2026-10-14", "2026-10-28", "2026-11-11"):
        world.farol("alerts", "run", "--area", "payments", "--date", day)


def first_new(page: Page) -> Page:
    """Open the first alert that nobody has touched."""
    page.goto(page.url.split("/alertas")[0] + "/alertas?state=new")
    page.locator(".row-link").first.click()
    expect(page.locator(".alert-state")).to_contain_text("Novo")
    return page


def test_yesterdays_fall_is_told_in_words_with_its_chart(visit):
    page = visit("/alertas", role="manager")
    row = page.locator("tr", has_text=re.compile("Link.*queda de", re.DOTALL)).first
    expect(row).to_contain_text("o esperado era")
    row.locator(".row-link").click()
    expect(page.locator("h1")).to_contain_text("queda de")
    expect(page.locator(".alert-facts")).to_contain_text("R$")
    assert page.locator(".alert-chart .band").get_attribute("d").startswith("M")
    page.locator(".alert-table summary").click()
    assert page.locator(".alert-table tbody tr").count() > 20
    page.get_by_role("link", name="Abrir no painel").click()
    expect(page).to_have_url(re.compile(r"/analises/pagamentos/\?period=2026-11-\d\d.*product=link"))


def test_acknowledge_comment_snooze_and_judge(visit):
    page = first_new(visit("/alertas", role="manager"))
    page.get_by_role("button", name="Reconhecer").click()
    expect(page.locator(".alert-state")).to_contain_text("Reconhecido")
    page.get_by_label("Seu comentário").fill("O gateway trocou de certificado.")
    page.get_by_role("button", name="Comentar").click()
    expect(page.locator(".timeline-list")).to_contain_text("O gateway trocou de certificado.")
    page.locator(".alert-ask summary", has_text="Adiar").click()
    page.get_by_label("Até").fill("2026-11-27")
    page.locator(".alert-ask button", has_text="Adiar").click()
    expect(page.locator(".alert-state")).to_contain_text("27/11/2026")
    page.get_by_role("button", name="Reativar").click()
    page.get_by_role("button", name="Foi útil").click()
    expect(page.locator(".alert-state")).to_contain_text("Útil")
    expect(page.locator(".timeline-list")).to_contain_text("Otávio Prado")
    page.goto(page.url.rpartition("/")[0])
    expect(page.locator(".alert-precision")).to_contain_text("úteis")


def test_the_second_of_two_people_is_told(visit):
    mine = first_new(visit("/alertas", role="manager"))
    theirs = visit("/alertas", role="super_admin")
    theirs.goto(mine.url)
    theirs.get_by_role("button", name="Foi ruído").click()
    expect(theirs.locator(".alert-state")).to_contain_text("Ruído")
    mine.get_by_role("button", name="Reconhecer").click()
    expect(mine.locator("[role=alert]")).to_contain_text("Nada foi feito")
    expect(mine.locator(".alert-state")).to_contain_text("Ruído")


def test_several_at_once(visit):
    page = visit("/alertas?state=new", role="manager")
    before = page.locator("tbody tr").count()
    page.locator("[data-select]").first.check()
    page.locator("[data-bulk] button", has_text="Reconhecer").click()
    expect(page.locator("body")).to_contain_text("1 alerta reconhecido")
    page.goto(page.url.split("?")[0] + "?state=new")
    assert page.locator("tbody tr").count() == before - 1


def test_people_without_the_right_to_judge_only_read(visit):
    page = visit("/alertas", role="viewer")
    expect(page.locator("[data-select]")).to_have_count(0)
    page.locator(".row-link").first.click()
    expect(page.locator(".alert-facts")).to_be_visible()
    expect(page.locator(".alert-actions button, .alert-ask")).to_have_count(0)


def test_other_areas_see_nothing_and_cannot_guess(visit):
    page = visit("/alertas", role="cs_admin")
    expect(page.locator(".row-link")).to_have_count(0)
    answer = page.request.get(page.url + "/1")
    unknown = page.request.get(page.url + "/999999")
    assert (answer.status, unknown.status) == (404, 404)


def test_from_the_keyboard(visit):
    page = visit("/alertas", role="manager")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/alertas/\d+$"))


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_looks_right(visit, width, theme):
    page = visit("/alertas", role="manager", width=width, theme=theme)
    assert faults(page) == []
    page.locator(".row-link").first.click()
    page.locator(".alert-facts").wait_for()
    assert faults(page) == []


def test_works_without_script(visit):
    page = visit("/alertas?state=open&area=payments", role="manager", javascript=False)
    page.locator(".row-link").first.click()
    expect(page.locator(".alert-chart")).to_be_visible()
    page.get_by_label("Seu comentário").fill("Sem script.")
    page.get_by_role("button", name="Comentar").click()
    expect(page.locator(".timeline-list")).to_contain_text("Sem script.")
