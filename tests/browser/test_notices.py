"""The bell and the page of notices."""

from __future__ import annotations

import subprocess
import sys

import pytest
from playwright.sync_api import expect
from tests.browser.checks import faults

from farol.demo.people import PEOPLE

TELL = """
import django; django.setup()
from farol.platform.accounts.models import User
from farol.platform.notifications import notify, notice
from farol.platform.notifications.notice import Notice
notice.notices()["t.told"] = Notice("t.told", "voucher", "%(text)s")
notify([User.objects.get(email={email!r}).pk], "t.told", params={{"text": {text!r}}}, url={url!r})
"""


def tell(world, role: str, text: str, url: str = "/perfil") -> None:
    """From another process, as the worker or another person's request does. The pages show its code: nobody there
    declares it."""
    code = TELL.format(email=PEOPLE[role][0], text=text, url=url)
    env = {**world.env, "DJANGO_SETTINGS_MODULE": "farol.config.settings"}
    subprocess.run([sys.executable, "-c", code], env=env, check=True)


def test_the_bell_counts_by_itself_and_leads_on(visit, world):
    page = visit("/", role="aftermarket_sales")
    bell, count = page.locator("[data-bell]"), page.locator("[data-bell-count]")
    before = int(count.text_content())
    tell(world, "aftermarket_sales", "Vale <b>novo</b>")
    expect(count).to_have_text(str(before + 1), timeout=15000)
    bell.locator("summary").click()
    row = bell.get_by_role("button", name="Vale <b>novo</b>")
    expect(row).to_be_visible()
    assert faults(page) == []
    row.click()
    page.wait_for_url("**/perfil")
    expect(page.locator("[data-bell-count]")).to_have_text(str(before))


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (1440, "dark"), (360, "light"), (360, "dark")])
def test_the_pages_keep_the_rules(visit, world, width, theme):
    tell(world, "finance", "Uso do vale VC-2026-000001 aguarda decisão")
    page = visit("/avisos", role="finance", width=width, theme=theme)
    expect(page.locator(".notice-row").first).to_be_visible()
    assert faults(page) == []
    page.locator("[data-bell] summary").click()
    expect(page.locator("[data-bell-latest] .notice-row").first).to_be_visible()
    assert faults(page) == []
    page.goto(f"{world.url}/perfil/avisos")
    assert faults(page) == []


def test_without_a_script(visit, world):
    tell(world, "support_analyst", "Primeiro")
    page = visit("/avisos", role="support_analyst", javascript=False)
    page.get_by_role("checkbox", name="Primeiro").first.check()
    page.get_by_role("button", name="Excluir escolhidos").click()
    expect(page.get_by_text("1 aviso excluído.")).to_be_visible()
    page.locator("[data-bell] summary").click()
    page.get_by_role("link", name="Todos os avisos").click()
    page.wait_for_url("**/avisos")
