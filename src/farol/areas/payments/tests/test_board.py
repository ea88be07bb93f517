"""The board of payments through all its doors: the same rows on the page, in the files and behind the figures."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client, override_settings

from farol.areas.payments import dashboard
from farol.areas.payments.goals import set_goal
from farol.areas.payments.load import LOADERS
from farol.areas.payments.metrics import PAYMENTS
from farol.engines.dashboards import kept
from farol.engines.dashboards.cards import KpiCard
from farol.engines.dashboards.models import SavedView
from farol.engines.metrics import model as models
from farol.engines.sources.loader import FileToLoad, LoadRequest, silent
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import OPERATOR, Principal

pytestmark = pytest.mark.django_db
HOST = "127.0.0.1"
BOARD = "/analises/pagamentos/"
FIRST, LAST = dt.date(2025, 2, 1), dt.date(2025, 3, 1)
PRODUCTS = {"pos": Decimal("100.10"), "pix": Decimal("20.20"), "=1+1": Decimal("3.30")}
OWN = {"ana@example.com": ("pos",), "bia@example.com": ("pix", "=1+1")}
HEADER = (
    "day,entity,product,price_tier,anticipation_method,payment_method,installments,"
    "amount_transacted,quantity_transactions,quantity_of_merchants"
)


def own_rows(principal: Principal) -> models.RowRules:
    return {"product": OWN[principal.label]} if principal.label in OWN else {}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    home = tmp_path_factory.mktemp("board").resolve()
    with override_settings(FAROL_HOME=home):
        days = [FIRST + dt.timedelta(days=i) for i in range((LAST - FIRST).days + 1)]
        lines = [
            f"{day},PJ,{product},normal,D0,credit,1,{amount * day.day},{day.day},1"
            for day in days
            for product, amount in PRODUCTS.items()
        ]
        path = home / "facts.csv"
        path.write_text("\n".join([HEADER, *lines]), encoding="utf-8")
        LOADERS[0].load(LoadRequest(files=(FileToLoad(path, path.name),)), "board", silent)
        yield home


@pytest.fixture(autouse=True)
def world(monkeypatch, loaded):
    kept.forget()
    monkeypatch.setattr(models, "models", lambda: {"payments": replace(PAYMENTS, row_rules=own_rows)})


def person(email: str, role: str = "manager") -> Client:
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, "uma senha comprida 9")
    user.roles.set([Role.objects.get(slug=role)])
    client = Client(SERVER_NAME=HOST)
    client.force_login(user)
    return client


def text_of(response) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode("utf-8-sig")


def workbook_of(response) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))


def test_the_page_answers_every_card():
    page = text_of(person("gil@example.com").get(BOARD, {"period": "28d"}))
    assert set(re.findall(r'data-card="([^"]+)"', page)) == set(dashboard.PAYMENTS_BOARD.cards)
    assert 'class="fd-state" role="status"' not in page, "a card failed"
    for column in ("fee", "merchant"):
        assert f"“{column}”" in page


def test_base_day_names_its_kind_and_a_missing_one_is_a_dash():
    page = text_of(person("gil@example.com").get(BOARD, {"period": "2025-03-01"}))
    assert "sábado de Carnaval" in page
    kpi = re.search(r'id="card-tpv".*?</article>', page, re.DOTALL)[0]
    assert re.search(r"Y-1</span>\s*<span[^>]*>—", kpi)
    assert "∞" not in page


@pytest.mark.parametrize("email", sorted(OWN))
def test_every_door_gives_the_same_rows(email):
    """A3: page, CSV, XLSX, workbook, the rows behind and their files, for people with row rules."""
    client, asked = person(email), {"period": "28d"}
    total = sum(PRODUCTS[p] * day for p in OWN[email] for day in [*range(2, 29), 1])
    foreign = set(PRODUCTS) - set(OWN[email])

    table = list(csv.reader(io.StringIO(text_of(client.get(f"{BOARD}cartao/share.csv", asked))), delimiter=";"))
    assert [row[0] for row in table[1:]] == [
        p if p != "=1+1" else "'=1+1" for p in sorted(OWN[email], key=lambda p: -PRODUCTS[p])
    ]
    column = table[0].index("TPV")
    assert sum(Decimal(row[column].replace(",", ".")) for row in table[1:]) == total

    sheet = workbook_of(client.get(f"{BOARD}cartao/share.xlsx", asked)).active
    assert {row[0] for row in sheet.iter_rows(min_row=2, values_only=True)} == set(OWN[email])

    lines = list(csv.reader(io.StringIO(text_of(client.get(f"{BOARD}linhas.csv", asked))), delimiter=";"))
    place = lines[0].index("Produto")
    assert {row[place].lstrip("'") for row in lines[1:]} == set(OWN[email])
    assert len(lines) - 1 == 28 * len(OWN[email])

    behind = text_of(client.get(f"{BOARD}linhas", asked))
    assert f"{28 * len(OWN[email])} linhas" in behind
    book = workbook_of(client.get(f"{BOARD}pasta.xlsx", asked))
    cells = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert not foreign & cells


def test_boards_kept_for_one_person_are_not_shown_to_another():
    """A7: the same address asked in turns."""
    seen = {email: text_of(person(email).get(BOARD, {"period": "28d"})) for email in [*OWN, *OWN, *OWN]}
    ana, bia = (re.search(r'id="card-tpv".*?</article>', seen[email], re.DOTALL)[0] for email in sorted(OWN))
    assert ana != bia
    again = text_of(person("ana@example.com").get(BOARD, {"period": "28d"}))
    assert ana in again
    assert "no-store" in person("ana@example.com").get(BOARD)["Cache-Control"]


def test_files_hold_no_formulas():
    """X1: a text that looks like a formula stays a text."""
    client = person("gil@example.com")
    book = workbook_of(client.get(f"{BOARD}linhas.xlsx", {"period": "2025-02-14"}))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert "=1+1" in {cell.value for cell in cells}
    assert all(cell.data_type != "f" for cell in cells)


@pytest.mark.parametrize(
    "address",
    [
        "order=tpv",
        "sort=1%3BDROP",
        "period=2025-99",
        "period=..",
        "period=custom&from=ontem",
        "base=d2",
        "base=tpv%22",
        "tier-method.measure=amount_centavos",
        "moved.by=1",
        "moved.by=product%3B",
        "page.size=9",
        "day=2025-02-01",
        "product%22=pix",
        "merchant=x",
        "installments=abc",
        "__proto__=1",
    ],
)
def test_what_the_board_does_not_offer_is_refused(address):
    """F7: names in an address come from closed lists."""
    assert person("gil@example.com").get(f"{BOARD}?{address}").status_code == 400


@pytest.mark.parametrize("value", ["'; DROP TABLE kpi_daily; --", '" OR 1=1', "<script>alert(1)</script>", "不存在"])
def test_values_are_only_values(value):
    page = person("gil@example.com").get(BOARD, {"period": "28d", "product": value})
    assert page.status_code == 200
    assert "<script>alert" not in text_of(page)


def test_a_failing_card_leaves_the_others_alone(monkeypatch):
    monkeypatch.setattr(KpiCard, "draw", lambda *_: 1 / 0)
    page = text_of(person("gil@example.com").get(BOARD, {"period": "28d"}))
    assert page.count("Este quadro não pôde ser calculado") == 4
    assert 'id="card-tpv-days"' in page
    assert page.count("data-chart ") > 8


def test_who_may_not_see_or_export_is_refused():
    assert person("caio@example.com", "cs_analyst").get(BOARD).status_code == 403
    viewer = person("vi@example.com", "viewer")
    assert "linhas.csv" not in text_of(viewer.get(BOARD))
    for file in ("cartao/tpv.csv", "cartao/tpv.xlsx", "pasta.xlsx", "linhas.csv", "linhas.xlsx"):
        assert viewer.get(BOARD + file).status_code == 403, file


def test_saved_views_are_mine_or_the_teams():
    """A2: somebody else's private view answers like one that does not exist."""
    gil, ana = person("gil@example.com"), person("ana@example.com")
    address = "period=28d&base=y1&product=pix"
    made = gil.post(f"{BOARD}visoes", {"name": " Meu  pix ", "parameters": address})
    assert made.status_code == 302
    assert gil.get(made["Location"]).status_code == 200
    view = SavedView.objects.get()
    assert (view.name, view.shared, view.parameters) == ("Meu pix", False, address)
    link = f"{BOARD}visoes/{view.code}"
    assert gil.get(link)["Location"].startswith(f"{BOARD}?{address}")
    unknown = ana.get(f"{BOARD}visoes/{'x' * 20}")
    assert (ana.get(link).status_code, unknown.status_code) == (404, 404)
    assert ana.post(f"{link}/excluir").status_code == 404
    assert ana.get(f"{BOARD}?view={view.code}").status_code == 404

    gil.post(f"{BOARD}visoes", {"name": "Meu pix", "parameters": address, "shared": "on"})
    assert SavedView.objects.count() == 1
    assert ana.get(link).status_code == 302
    assert ana.post(f"{link}/excluir").status_code == 404
    assert gil.post(f"{link}/excluir").status_code == 302
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("form", [{"name": ""}, {"name": "x" * 81}, {"name": "a", "parameters": "sort=1"}])
def test_a_view_that_cannot_be_kept_is_refused(form):
    assert person("gil@example.com").post(f"{BOARD}visoes", form).status_code in (400, 422)
    assert not SavedView.objects.exists()


def test_a_new_goal_is_seen_at_once():
    client, asked = person("gil@example.com"), {"period": "2025-02-28"}
    assert "Não há meta para este mês" in text_of(client.get(BOARD, asked))
    set_goal(dt.date(2025, 2, 1), Decimal("60000.00"), Decimal("50"), OPERATOR)
    page = text_of(client.get(BOARD, asked))
    assert "Não há meta para este mês" not in page
    table = list(csv.reader(io.StringIO(text_of(client.get(f"{BOARD}cartao/goal.csv", asked))), delimiter=";"))
    assert sum(Decimal(row[2].replace(",", ".")) for row in table[1:]) == 60000


def test_home_says_how_the_day_went():
    page = text_of(person("gil@example.com").get("/"))
    assert "01/03/2025 (sábado de Carnaval)" in page


def test_nothing_loaded_is_said_in_words(tmp_path):
    with override_settings(FAROL_HOME=tmp_path):
        response = person("gil@example.com").get(BOARD)
    assert response.status_code == 503
    assert "Ainda não há o que mostrar" in text_of(response)


def test_columns_that_the_file_brings_are_shown(tmp_path):
    """Fees, costs, chargebacks and merchants: figures where the file has them."""
    home = tmp_path.resolve()
    lines = [
        f"{FIRST + dt.timedelta(days=i)},PJ,pos,normal,D0,credit,1,100.00,2,1,{merchant},3.00,1.00,0.50"
        for i in range(0, 100, 5)
        for merchant in ("m1", "m2")
    ]
    path = home / "rich.csv"
    path.write_text("\n".join([f"{HEADER},merchant,fee,cost,chargeback", *lines]), encoding="utf-8")
    with override_settings(FAROL_HOME=home):
        LOADERS[0].load(LoadRequest(files=(FileToLoad(path, path.name),)), "rich", silent)
        page = text_of(person("gil@example.com").get(BOARD, {"period": "90d", "concentration.by": "merchant"}))
    card = re.search(r'id="card-more".*?</article>', page, re.DOTALL)[0]
    assert "fd-missing" not in card
    assert "3,0\u00a0%" in card
    assert 'class="fd-state" role="status"' not in page
