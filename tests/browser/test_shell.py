"""Log-in, themes, languages, rail, palette and the components, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.checks import faults

SIZES = [(1440, "light"), (1440, "dark"), (360, "light"), (360, "dark")]


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_log_in_page(visit, width, theme):
    page = visit("/entrar", role=None, width=width, theme=theme)
    assert page.locator("html").get_attribute("data-bs-theme") == theme
    assert faults(page) == []


def test_wrong_password_is_said_in_words(visit):
    page = visit("/entrar", role=None)
    page.locator("input[type=email]").fill("ninguem@farol.example")
    page.locator("input[type=password]").fill("uma senha qualquer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").or_(page.locator(".field-error")).first).to_be_visible()
    assert "/entrar" in page.url


def test_log_in_and_out(visit, cookies):
    page = visit("/", role="viewer")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.locator(".person-button").click()
    page.get_by_role("button", name="Sair").click()
    page.wait_for_url(re.compile("/entrar"))
    del cookies["viewer"]  # what this browser kept is worth nothing now


@pytest.mark.parametrize("role", ["super_admin", "finance", "viewer", "seller"])
def test_rail_shows_only_what_opens(visit, role):
    """A6: every entry of the rail opens for the person who sees it."""
    page = visit("/", role=role)
    addresses = page.locator(".rail a").evaluate_all("all => all.map(a => a.href)")
    assert addresses
    for address in addresses:
        assert page.goto(address).status == 200, address


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_components_and_error_page_keep_the_rules(visit, world, width, theme):
    page = visit("/componentes", width=width, theme=theme)
    assert faults(page) == []
    page.goto(f"{world.url}/nada")
    assert faults(page) == []


def test_theme_switch_is_kept(visit):
    page = visit("/", role="cs_admin")
    root = page.locator("html")
    with page.expect_response(lambda r: r.request.method == "POST"):
        page.get_by_role("button", name="Escuro").first.click()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    with page.expect_response(lambda r: r.request.method == "POST"):
        page.get_by_role("button", name="Como o sistema").first.click()
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(root).to_have_attribute("data-bs-theme", "dark")


def test_theme_does_not_flash(visit):
    """The first paint has the right theme: the attribute is set before the body exists."""
    page = visit("/", role="viewer", theme="dark")
    page.add_init_script(
        "new MutationObserver((_, o) => { if (document.body) { window.first = document.documentElement.dataset.bsTheme;"
        " o.disconnect(); } }).observe(document, { childList: true, subtree: true })"
    )
    page.reload()
    assert page.evaluate("window.first") == "dark"


def test_language_switch_is_kept(visit):
    page = visit("/", role="cs_analyst")
    expect(page.locator("html")).to_have_attribute("lang", "pt-BR")
    page.locator(".person-button").click()
    page.locator(".person-menu").get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Home")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator(".person-button").click()
    page.locator(".person-menu").get_by_role("button", name="Português").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Início")


def test_palette_with_the_keyboard(visit):
    page = visit("/")
    page.keyboard.press("Control+k")
    palette = page.locator("#palette")
    expect(palette.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("auditor")
    expect(palette.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/auditoria")
    page.keyboard.press("Control+k")
    expect(palette.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(palette).not_to_be_visible()


def test_palette_finds_without_accents(visit):
    page = visit("/componentes")
    page.keyboard.press("Control+k")
    page.keyboard.type("inicio")
    expect(page.locator("#palette").get_by_role("option").first).to_have_text("Início")


def test_phone_menu(visit):
    page = visit("/", width=360)
    expect(page.locator(".rail a").first).not_to_be_visible()
    page.locator(".phone-bar button").click()
    expect(page.locator(".rail a").first).to_be_visible()
    assert page.locator(".rail a").count() >= page.locator(".phone-bar a").count()
    page.keyboard.press("Escape")
    expect(page.locator(".rail a").first).not_to_be_visible()


def test_rail_stays_collapsed(visit):
    page = visit("/")
    wide = page.locator(".rail").bounding_box()["width"]
    page.locator("[data-rail-collapse]").click()
    page.reload()
    assert page.locator(".rail").bounding_box()["width"] < wide / 2
    assert faults(page) == []


def test_skip_link_is_the_first_stop(visit):
    page = visit("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_list_by_keyboard(visit):
    page = visit("/componentes")
    page.keyboard.press("/")
    expect(page.locator("[data-list-search]")).to_be_focused()
    page.keyboard.type("pagamentos-1")
    expect(page.locator("table[data-rows] tbody tr").first).to_contain_text("pagamentos-10")
    expect(page.locator("[data-list-search]")).to_be_focused()
    expect(page.locator("[data-list-search]")).to_have_value("pagamentos-1")
    assert "q=pagamentos-1" in page.url
    page.locator("[data-list-search]").evaluate("field => field.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("table[data-rows] tbody tr").nth(1)).to_have_class("is-current")
    page.keyboard.press("k")
    expect(page.locator("table[data-rows] tbody tr").nth(0)).to_have_class("is-current")
    page.keyboard.press("Shift+?")
    expect(page.locator("#shortcuts")).to_be_visible()


def test_list_sorts_filters_and_exports(visit):
    page = visit("/componentes?q=pagamentos")
    rows = page.locator("table[data-rows] tbody tr")
    page.get_by_role("link", name="Valor").click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Valor")
    expect(rows.first).to_contain_text("R$ 987,65")
    page.locator("summary.chip", has_text="Situação").last.click()
    page.get_by_role("link", name="Falhou").click()
    expect(page.locator(".list-foot")).to_contain_text("6 linhas")
    assert "state=failed" in page.url
    page.locator("summary", has_text="Exportar").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    page.go_back()
    expect(page.locator(".list-foot")).to_contain_text("24 linhas")


def test_shell_works_without_scripts(visit):
    page = visit("/componentes?q=pagamentos-2", javascript=False)
    expect(page.locator("table[data-rows] tbody tr")).to_have_count(5)
    page.get_by_role("link", name="Arquivo", exact=True).click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Arquivo")
    page.locator(".person-button").click()
    expect(page.get_by_role("button", name="Sair")).to_be_visible()


def test_print_leaves_the_shell_out(visit):
    page = visit("/componentes")
    page.emulate_media(media="print")
    for part in (".topbar", ".rail"):
        expect(page.locator(part)).not_to_be_visible()
    expect(page.locator("table[data-rows]")).to_be_visible()


def test_every_file_carries_the_headers(visit):
    page = visit("/")
    address = page.locator("link[rel=stylesheet]").first.get_attribute("href")
    headers = page.request.get(page.url.rstrip("/") + address).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "immutable" in headers["cache-control"]
    assert page.request.get(page.url).headers["cache-control"].startswith("no-store")


def test_a_first_visit_is_light(chromium, world):
    """Under 200 kB over the wire, nothing from elsewhere."""
    context = chromium.new_context()
    page = context.new_page()
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(f"{world.url}/entrar", wait_until="networkidle")
    assert {answer.url.split("/")[2] for answer in answers} == {world.url.split("/")[2]}
    assert sum(answer.request.sizes()["responseBodySize"] for answer in answers) < 200_000
    context.close()
