"""F2: text that is code stays text: in every column that takes text, on every page that shows the record."""

from __future__ import annotations

import pytest
from django import forms
from tests.permissions.identities import browser
from tests.rest.asking import asker
from tests.rest.world import World

from farol.core.fields import MoneyFormField
from farol.engines.workflow.module import Module, get_module, modules
from farol.registry.customers import CustomerField

pytestmark = pytest.mark.django_db
PAYLOADS = ("<script>alert(7)</script>", "\"'><img src=x onerror=alert(7)>", "{{7*7}}", "javascript:alert(7)")
RAW = ("<script>alert(7)", "<img src=x", ">49<", 'href="javascript:', "href='javascript:")
PAGES = ("", "/quadro", "?q=alert", "/{number}", "/{number}/imprimir", "/{number}/editar", "/{number}?aba=x")
SPECIAL = {"document", "email", "phone", "other_phone", "pix_key", "boleto_line", "voucher", "origin", "case", "marker",
           "delivery_postcode", "delivery_phone", "delivery_state", "sku"}  # fmt: skip


def texts(form: type[forms.Form]) -> list[str]:
    """Names of the fields that take any text."""
    return [
        name
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField)
        and not isinstance(field, (MoneyFormField, CustomerField, forms.EmailField))
        and not name.startswith("delivery_")
        and name not in SPECIAL
    ]


def hostile(module: Module) -> dict[str, str]:
    """Different text for every field, as much of it as fits."""
    form = module.form
    assert form is not None
    found = {}
    for place, name in enumerate(texts(form)):
        room = getattr(form.base_fields[name], "max_length", None) or 4000
        found[name] = next((p for p in (*PAYLOADS[place % 4 :], *PAYLOADS) if len(p) <= room), "<b>")
    return found


@pytest.mark.parametrize("name", [n for n in modules() if get_module(n).change])
def test_f2_no_page_runs_what_people_typed(name):
    module, world = get_module(name), World()
    made = world.make(name, module.flow.initial)
    number, told = made["number"], hostile(module)
    assert told
    boss = asker("super_admin")
    for field, text in told.items():
        status, said = boss.patch(f"/{name}/{number}", {field: text})
        assert status in (200, 422), (field, said)
    for payload in PAYLOADS:
        assert boss.post(f"/{name}/{number}/comments", {"text": payload})[0] == 201
    client, seen = browser(boss.user), ""
    for page in (*(f"/{module.path}{p}" for p in PAGES), "/", "/meu-dia", f"/busca?q={number}"):
        answer = client.get(page.format(number=number))
        if answer.status_code == 200:
            text = answer.content.decode(errors="replace")
            assert [raw for raw in RAW if raw in text and answer["Content-Type"].startswith("text/html")] == [], page
            seen += text
    assert "&lt;script&gt;alert(7)" in seen, "the payload is on no page: nothing was proven"
