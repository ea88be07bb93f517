"""The REST resource of a kind of record: shapes, strict types, rows and rights, the same refusals as on the screen."""

from __future__ import annotations

import json

import pytest
from tests.rest.asking import asker

pytestmark = pytest.mark.django_db
BILL = {
    "beneficiary": "Transportes Aurora Ltda",
    "category": "Fretes",
    "method": "pix",
    "pix_key": "financeiro@exemplo.com.br",
    "amount": "350.00",
    "due_on": "2030-07-10",
}
FIELDS = {
    "number", "status", "status_label", "version", "created_at", "changed_at", "owner", "deadline", "beneficiary",
    "amount", "due_on",
}  # fmt: skip


@pytest.fixture
def ana():
    return asker("cs_analyst")


@pytest.fixture
def bill(ana):
    status, made = ana.post("/payables", BILL)
    assert status == 201, made
    return made


def test_created_read_and_listed(ana, bill):
    assert bill.keys() >= FIELDS | {"actions", "links"}
    assert (bill["status"], bill["amount"], bill["due_on"], bill["version"]) == ("pending", "350.00", "2030-07-10", 1)
    assert bill["number"].startswith("CP-")
    assert ana.get(f"/payables/{bill['number']}") == (200, bill)
    status, page = ana.get("/payables")
    assert (status, page["next"]) == (200, None)
    assert page["items"] == [{name: value for name, value in bill.items() if name not in ("actions", "links")}]


def test_pages_of_a_list_neither_lose_nor_repeat(ana, bill):
    numbers = [bill["number"]]
    for count in range(4):
        status, made = ana.post("/payables", BILL | {"beneficiary": f"Outro {count}", "amount": f"{count + 1}.00"})
        assert status == 201, made
        numbers.append(made["number"])
    seen, after = [], ""
    while True:
        _status, page = ana.get(f"/payables?limit=2{after}")
        seen += [row["number"] for row in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == numbers[::-1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=aurora", 1), ("q=nothing", 0), ("status=pending", 1), ("status=paid", 0), ("method=pix", 1),
        ("method=boleto", 0), ("limit=200", 1), ("after=1&limit=1", 0), ("q=%20", 1), ("status=", 1),
    ],
)  # fmt: skip
def test_filters(ana, bill, query, found):
    status, page = ana.get(f"/payables?{query}")
    assert (status, len(page["items"])) == (200, found)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=open", "status"), ("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"),
        ("limit=-1", "limit"), ("after=-1", "after"), ("after=1e3", "after"), ("method=cash", "method"),
        ("no_such=1", "no_such"), ("after=99999999999999999999", "after"), ("limit=١", "limit"),
    ],
)  # fmt: skip
def test_a_filter_that_asks_nonsense_is_named(ana, bill, query, field):
    status, said = ana.get(f"/payables?{query}")
    assert (status, [e["field"] for e in said["errors"]]) == (422, [field])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", 350), ("amount", 350.0), ("amount", "350,00"), ("amount", "350.001"), ("amount", " 350.00"),
        ("amount", "1e3"), ("amount", "NaN"), ("amount", True), ("amount", ["1.00"]), ("amount", "٣.00"),
        ("amount", "99999999999999999.00"), ("amount", "-1.00"), ("amount", "0.00"),
        ("due_on", "10/07/2030"), ("due_on", "20300710"), ("due_on", "2030-02-30"), ("due_on", 20300710),
        ("due_on", "2030-W01-1"), ("due_on", "2030-07-10T00:00:00"),
        ("beneficiary", 5), ("beneficiary", {"$gt": ""}), ("beneficiary", ""), ("beneficiary", "x" * 121),
        ("beneficiary", "a\x00b"), ("scrap", "true"), ("scrap", 1), ("scrap_quantity", "1"), ("scrap_quantity", 1.0),
        ("scrap_quantity", True), ("scrap_quantity", 10**30), ("method", "cash"), ("method", 1), ("category", "None"),
        ("category", {"x": 1}), ("no_such_field", "x"), ("status", "paid"), ("number", "CP-1"), ("version", 1),
        ("created_by", 1), ("owner", 1), ("paid_on", "2030-01-01"), ("id", 1),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_named_and_nothing_made(ana, field, value):
    status, said = ana.post("/payables", BILL | {field: value})
    assert (status, said["code"], {e["field"] for e in said["errors"]}) == (422, "invalid", {field}), said
    assert ana.get("/payables")[1]["items"] == []


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b'"x"', b"null", b"1", b"NaN", b'{"amount": NaN}', b'{"amount": Infinity}', b"\xff\xfe",
        b'{"beneficiary": "\\ud800"}', b"[" * 100_000, b'{"amount": 1' + b"0" * 5000 + b"}", b"a=1",
    ],
)  # fmt: skip
def test_a_body_that_is_no_object_is_bad_input(ana, body):
    answer = ana.raw("POST", "/payables", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_all_missing_fields_are_named_at_once(ana):
    status, said = ana.post("/payables", {"method": "pix"})
    assert status == 422
    assert {e["field"] for e in said["errors"]} >= {"beneficiary", "category", "amount", "due_on"}


def test_only_given_fields_change(ana, bill):
    path = f"/payables/{bill['number']}"
    status, changed = ana.patch(path, {"invoice": "NF 77", "version": 1})
    assert (status, changed["version"], changed["invoice"]) == (200, 2, "NF 77")
    same = {"version", "invoice", "changed_at", "actions"}
    assert {k: v for k, v in changed.items() if k not in same} == {k: v for k, v in bill.items() if k not in same}
    status, history = ana.get(f"{path}/history")
    assert [(e["action"], e["fields"]) for e in history["items"]] == [("edit", ["invoice"]), ("create", [])]
    assert history["items"][0]["person"] == ana.user.pk
    status, said = ana.patch(path, {"invoice": "NF 78", "version": 1})
    assert (status, said["code"]) == (409, "changed_meanwhile")
    assert ana.patch(path, {"invoice": 5})[0] == 422
    assert ana.patch(path, {"version": "2"})[0] == 422
    assert ana.get(path)[1] == changed


def test_comments(ana, bill):
    path = f"/payables/{bill['number']}/comments"
    assert ana.post(path, {"text": "Conferir <b>com</b> o banco"})[0] == 201
    for wrong in ({}, {"text": ""}, {"text": 5}, {"text": "x" * 4001}, {"text": "x", "more": 1}):
        assert ana.post(path, wrong)[0] == 422, wrong
    _status, said = ana.get(path)
    assert [(one["text"], one["person"]) for one in said["items"]] == [("Conferir <b>com</b> o banco", ana.user.pk)]


def test_actions_are_refused_like_on_the_screen(ana, bill):
    path = f"/payables/{bill['number']}/actions"
    admin = asker("cs_admin")
    assert ana.post(f"{path}/verify")[0] == 403
    assert ana.post(f"{path}/pay")[0] == 403
    assert admin.post(f"{path}/verify")[0] == 409
    assert admin.post(f"{path}/no_such")[0] == 404
    assert admin.post(f"{path}/cancel")[0:1] == (422,)
    assert admin.post(f"{path}/cancel", {"reason": "x", "version": 7})[1]["code"] == "changed_meanwhile"
    assert admin.post(f"{path}/cancel", {"reason": 7})[0] == 422
    assert admin.post(f"{path}/cancel", {"reason": "x", "status": "paid"})[0] == 422
    status, done = admin.post(f"{path}/cancel", {"reason": "Lançado duas vezes", "version": 1})
    assert (status, done["status"], done["actions"]) == (200, "cancelled", [])
    assert admin.post(f"{path}/cancel", {"reason": "x"})[0] == 409


def test_unknown_foreign_and_forbidden(bill):
    viewer, admin, seller = asker("viewer"), asker("cs_admin"), asker("seller")
    number = bill["number"]
    for path in ("/payables", f"/payables/{number}", f"/payables/{number}/history", f"/payables/{number}/comments"):
        status, said = viewer.get(path)
        assert (status, said["code"]) == (403, "forbidden"), path
    assert viewer.post("/payables", BILL)[0] == 403
    unknown = [admin.raw("GET", f"/payables/{n}").content for n in ("CP-1999-000001", "x", "0", "' OR 1=1 --")]
    assert len(set(unknown)) == 1
    for suffix in ("", "/history", "/comments"):
        foreign = seller.raw("GET", f"/payables/{number}{suffix}")
        assert (foreign.status_code, foreign.content) == (404, unknown[0])
    assert seller.post(f"/payables/{number}/comments", {"text": "x"})[0] == 404
    assert seller.get("/payables")[1]["items"] == []


def test_a_repeated_key_gives_the_same_answer_and_one_record(ana):
    key = {"Idempotency-Key": "abc-1"}
    first = ana.raw("POST", "/payables", json.dumps(BILL), **key)
    again = ana.raw("POST", "/payables", json.dumps(BILL), **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert len(ana.get("/payables")[1]["items"]) == 1
    other = ana.post("/payables", BILL | {"amount": "351.00"}, **key)
    assert (other[0], other[1]["code"]) == (422, "key_reused")
