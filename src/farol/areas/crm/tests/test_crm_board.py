"""The commercial board, its pages beside, and the work lists, on the small company."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from farol.areas.crm.dashboard import CRM_BOARD
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


@pytest.mark.parametrize("period", ["28d", "90d", "month", "quarter"])
def test_the_page_answers_every_card(period):
    page = text_of(person("gil@example.com").get(BOARD, {"period": period}))
    assert set(re.findall(r'data-card="([^"]+)"', page)) == set(CRM_BOARD.cards)
    failed = [slug for slug in CRM_BOARD.cards if 'class="fd-state" role="status"' in card(page, slug)]
    assert not failed, {slug: re.sub(r"<[^>]+>|\s+", " ", card(page, slug))[:300] for slug in failed}
