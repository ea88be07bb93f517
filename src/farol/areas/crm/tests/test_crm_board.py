"""The commercial board, its pages beside, and the work lists, on the small company."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
import pytest
from django.test import Client
from django.utils import translation

from farol.areas.crm.boards.lead import classified_by, lasted
from farol.areas.crm.dashboard import CRM_BOARD
from farol.areas.crm.models import Mark, RuleSet
from farol.areas.crm.tests.company import company  # noqa: F401 - a fixture
from farol.engines.dashboards import kept
from farol.engines.sources.models import PersonLink
from farol.platform.accounts.models import Role, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
HOST = "127.0.0.1"
BOARD = "/analises/comercial/"


@pytest.fixture(autouse=True)
def _forgotten():
    kept.forget()


def person(email: str, role: str = "manager", seller: str = "") -> Client:
    user = User.objects.create_user(email, "uma senha comprida 9")
    user.roles.set([Role.objects.get(slug=role)])
    if seller:
        PersonLink.objects.create(user=user, source="kommo", external_id=seller)
    client = Client(SERVER_NAME=HOST)
    client.force_login(user)
    return client


def text_of(response) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode("utf-8-sig")


def card(page: str, slug: str) -> str:
    return re.search(rf'id="card-{slug}".*?</article>', page, re.DOTALL)[0]


@pytest.mark.parametrize("period", ["28d", "quarter"])
def test_the_page_answers_every_card(period):
    page = text_of(person("gil@example.com").get(BOARD, {"period": period}))
    assert set(re.findall(r'data-card="([^"]+)"', page)) == set(CRM_BOARD.cards)
    failed = [slug for slug in CRM_BOARD.cards if 'class="fd-state" role="status"' in card(page, slug)]
    assert not failed, {slug: re.sub(r"<[^>]+>|\s+", " ", card(page, slug))[:300] for slug in failed}


def test_a_card_asks_its_own_model_and_leads_to_the_rows_of_it():
    page = text_of(person("gil@example.com").get(BOARD, {"period": "90d"}))
    assert "linhas?period=90d&amp;base=m1&amp;model=deals" in card(page, "deals-won")
    assert "model=" not in card(page, "leads-leads")


def test_rows_lead_to_the_page_of_their_lead():
    rows = text_of(person("gil@example.com").get(f"{BOARD}linhas", {"period": "90d", "model": "deals"}))
    link = re.search(rf'<a href="{BOARD}leads/default/won-without-price"[^>]*>([^<]+)</a>', rows)
    assert link
    assert link[1] == "Negócio won-without-price"


def test_an_unknown_model_or_filter_is_refused():
    client = person("gil@example.com")
    for wrong in ({"model": "payments"}, {"model": "x"}, {"seller": "x"}, {"ranking.order": "name"}):
        assert client.get(BOARD, wrong).status_code == 400, wrong


def test_a_seller_sees_own_rows_only_at_every_door():
    """A3: board, rows, their file, the workbook, the lists and the movement."""
    client = person("carla@example.com", "seller", "103")
    asked = {"period": "2026-08-25..2026-11-20"}
    others = ("Bruno Lima", "Samuel Tavares", "Diego Melo", "former user 999")
    for address in (
        BOARD,
        f"{BOARD}linhas",
        f"{BOARD}o-que-mudou",
        f"{BOARD}agir/parados",
        f"{BOARD}agir/sem-resposta",
    ):
        page = text_of(client.get(address, asked if "agir" not in address else {}))
        assert "Carla Dias" in page, address
        assert not [name for name in others if name in page], address
    page = text_of(person("samuel@example.com", "seller", "104").get(BOARD, asked))
    assert re.search(r"(Your place|Sua posição): \d+ (of|de) \d+", card(page, "ranking"))


def test_a_seller_exports_nothing_of_others():
    client = person("carla@example.com", "seller", "103")
    user = User.objects.get(email="carla@example.com")
    user.roles.add(Role.objects.create(slug="exporter", name="Exporter", rights=["export"]))
    asked = {"period": "2026-08-25..2026-11-20"}
    lines = list(csv.reader(io.StringIO(text_of(client.get(f"{BOARD}linhas.csv", asked))), delimiter=";"))
    assert len(lines) > 1
    assert not [line for line in lines[1:] if "Bruno Lima" in line]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(f"{BOARD}pasta.xlsx", asked).streaming_content)))
    cells = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert "Carla Dias" in cells
    assert not cells & {"Bruno Lima", "Samuel Tavares", "Diego Melo"}


def test_a_lead_of_a_colleague_is_like_one_that_does_not_exist():
    client = person("carla@example.com", "seller", "103")
    foreign, unknown = (client.get(f"{BOARD}leads/default/{lead}") for lead in ("n03", "no-such-lead"))
    assert foreign.status_code == unknown.status_code == 404
    own = r'n03|no-such-lead|nonce="[^"]+"|value="[A-Za-z0-9]{64}"|[0-9a-f-]{16,}'
    assert re.sub(own, "", text_of(foreign)) == re.sub(own, "", text_of(unknown))
    assert client.get(f"{BOARD}leads/default/changed-hands").status_code == 200


def test_the_page_of_a_lead_says_why_it_has_its_channel(settings):
    settings.FAROL_KOMMO_URL = "https://loja.example"
    page = text_of(person("gil@example.com").get(f"{BOARD}leads/default/paid"))
    assert "https://loja.example/leads/detail/paid" in page
    assert re.search(r"(regra|rule) \S+", page)
    hostile = text_of(person("ana@example.com").get(f"{BOARD}leads/default/hostile"))
    assert "<b>'" not in hostile
    assert "&lt;b&gt;" in hostile


def test_durations_are_said_as_people_say_them():
    with translation.override("pt-br"):
        assert [lasted(seconds) for seconds in (None, 540, 67_680, 47_092_320)] == ["", "9 min", "18,8 h", "545,1 dias"]


def test_the_rule_that_classified_a_lead_is_told_in_words_of_its_own_version():
    with translation.override("en"):
        assert classified_by("r01", 0) == "rule 1: gclid is filled in"
        also = {"field": "tag", "test": "equals", "value": "vip"}
        first = {"id": "x9", "field": "name", "test": "one_of", "value": ["a", "b"], "source": "S", "channel": "other"}
        RuleSet.objects.create(number=7, rules=[{**first, "and": [also], "note": ""}])
        assert classified_by("x9", 7) == "rule 1: Name of the lead is one of “a, b” and Tag is “vip”"
        assert classified_by("x9", 8) == classified_by("unclassified", 0) == ""


def test_a_mark_that_changes_is_seen_at_once():
    client = person("gil@example.com")
    asked = {"period": "90d"}
    before = card(text_of(client.get(BOARD, asked)), "marks")
    Mark.objects.filter(name="win_rate").update(value=99)
    mark = Mark.objects.get(name="win_rate")
    mark.changed_at = mark.changed_at.replace(year=2027)
    mark.save()
    after = card(text_of(client.get(BOARD, asked)), "marks")
    assert before != after
    assert "99,0" in after
