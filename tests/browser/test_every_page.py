"""What holds on every page that the rail and the person's menu lead to, whoever made it."""

from __future__ import annotations

import re

import pytest
from tests.browser.checks import faults
from tools import messages

OWN = [
    "/componentes",
    "/perfil",
    "/perfil/sessoes",
    "/perfil/tokens",
    "/administracao/pessoas/nova",
    "/administracao/papeis/novo",
]


def addresses(page) -> list[str]:
    """Every page of the rail, and the first row of each list on one of them."""
    base = re.match(r"https?://[^/]+", page.url)[0]
    found = page.locator(".rail a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    rows = []
    for address in found:
        page.goto(base + address)
        row = page.locator("tr[data-href]").first
        if row.count():
            rows.append(row.get_attribute("data-href"))
    return [a for a in dict.fromkeys(found + rows + OWN) if a.startswith("/")]


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (360, "dark")])
def test_every_page_keeps_the_rules(visit, world, width, theme):
    page = visit("/", width=width, theme=theme)
    wrong = {}
    for address in addresses(page):
        page.goto(world.url + address)
        page.wait_for_load_state("networkidle")
        if found := faults(page):
            wrong[address] = found
    assert wrong == {}


def texts(page) -> set[str]:
    """The texts a person can see, whole: names of columns, buttons, sentences."""
    script = """() => {
      const found = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const e = walker.currentNode.parentElement;
        if (!e.closest("script, style, template, [lang]:not(html), code"))
          found.push(walker.currentNode.textContent.trim());
      }
      for (const e of document.querySelectorAll("[aria-label], [title], [placeholder]"))
        if (!e.closest("[lang]:not(html)"))
          found.push(e.getAttribute("aria-label") || "", e.title, e.getAttribute("placeholder") || "");
      return found.filter(Boolean);
    }"""
    return set(page.evaluate(script))


# what people of the demo world typed or chose from suggestions: data, which no language switch touches
TYPED = {"Incompleto", "Produto errado", "Falta peça", "Garantia", "Troca", "Defeito de fabricação", "Mau uso"} | {
    "Não liga", "Chegou danificado", "Parou de funcionar", "Danificado sem conserto", "Avaria no transporte", "Oxidação"
} | {
    # names of pipelines, stages, sources and people as the CRM, its rules and the published tables have them
    "Comercial", "Em andamento", "Fechado", "Indicação", "Perdido", "Pós-venda", "Robô", "Outbound"
}  # fmt: skip


@pytest.mark.parametrize("language", ["pt-br", "en"])
def test_no_page_mixes_languages(visit, world, language):
    """No English msgid on a Portuguese page, no Portuguese translation on an English one."""
    plain = [m for m in messages.messages(messages.stored()) if isinstance(m.id, str) and m.string]
    english, portuguese = {m.id for m in plain}, {m.string for m in plain}
    foreign = english - portuguese if language == "pt-br" else portuguese - english
    foreign -= {"English", "Português"}  # languages are named in themselves
    foreign -= TYPED
    page = visit("/perfil", role="manager", language="pt-BR")
    page.locator(".person-button").click()
    with page.expect_navigation():
        page.locator(f".person-menu button[name=language][value={language}]").click()
    mixed = {}
    for address in addresses(page):
        if address.startswith("/relatorios") and language == "en":
            continue  # a report that was made in Portuguese keeps its title
        answer = page.goto(world.url + address)
        if answer.status == 200 and (found := texts(page) & foreign):
            mixed[address] = sorted(found)
    assert mixed == {}
