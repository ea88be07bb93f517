"""A small report of its own, so that the engine is tested without any area."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.conf import settings as django_settings

from farol.engines.dashboards import charts
from farol.engines.reports import definition
from farol.engines.reports.definition import Report
from farol.engines.reports.document import (
    Card,
    Cards,
    Change,
    Chart,
    Document,
    Field,
    Look,
    Note,
    Notes,
    Origin,
    Receipt,
    Section,
    Summary,
    Table,
)
from farol.platform.accounts.models import Role, User
from farol.platform.exports import Kind

HOSTILE = (
    '#read("/etc/passwd") <img src=x onerror=alert(1)> ![i](http://h.test/x) [l](javascript:x) | =1+1 `c` <!channel>'
)
DAY = dt.date(2025, 2, 28)


def document(text: str = "POS · Crédito", day: dt.date = DAY, version: str = "v-1") -> Document:
    """Every kind of block, with `text` wherever data can bring a text."""
    table = Table(
        text,
        [
            Field("name", text),
            Field("value", "Valor", Kind.MONEY),
            Field("delta", "Diferença", Kind.MONEY, Look.SIGNED, 1),
            Field("pct", "Variação", Kind.PERCENT, Look.CHANGE, 1),
        ],
        [(text, Decimal("1234.50"), Decimal("-5.00"), Decimal("-1.25")), (text, None, None, None)],
        text,
        0,
    )
    option = charts.bars([text, "b"], [charts.Series(text, [Decimal(3), 2])], unit="brl")
    card = Card("TPV", "R$ 1,2 mi", "R$ 1.234.567,00", [Change("D-1", Decimal("-3.25")), Change(text, None)], option)
    return Document(
        title=text,
        subtitle="sexta-feira",
        language="pt-br",
        asked=day,
        day=day,
        sections=[
            Section("", [Summary([text, "Segunda frase."]), Cards([card])], [1]),
            Section(text, [table, Chart(text, option, text), Chart("a", option, "b", half=True)], [1, 2]),
            Section("Notas", [Notes([Note(text, text, 2, "bad"), Note("Sem ação")])]),
        ],
        origin=Origin(version, [Receipt(1, text, "ABCDEFGHJK"), Receipt(2, "b", "0123456789")], [("Versão", version)]),
        notice=text,
    )


@pytest.fixture
def toy(monkeypatch):
    """The report `toy.daily`, the only one there is; its figures are a function of the day."""
    report = Report("toy.daily", "Toy", "dashboard.payments", lambda asked, principal: document(day=asked))
    monkeypatch.setattr(definition, "collect", lambda module, name: (report,))
    return report


@pytest.fixture
def person(db):
    """Makes people of a role."""

    def make(email: str, role: str) -> User:
        user = User.objects.create_user(email, "a long enough one")
        user.roles.add(Role.objects.get(slug=role))
        return user

    return make


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    """A data folder of the test's own."""
    assert django_settings.FAROL_HOME
    settings.FAROL_HOME = tmp_path.resolve()
    return settings.FAROL_HOME
