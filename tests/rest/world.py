"""A record of every kind in every state, made the way people and Farol itself make them."""

from __future__ import annotations

import datetime as dt
import itertools
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.rest.asking import Asker, asker

from farol.core import clock
from farol.engines import workflow
from farol.engines.workflow.models import Case
from farol.engines.workflow.module import get_module
from farol.platform.accounts.principal import SYSTEM

# reviewed files of single modules, by name; `tests/permissions/transitions.toml` says what they hold
FILES: dict[str, Any] = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))["module"]
    for path in sorted(Path(__file__).parents[1].glob("permissions/modules.d/*.toml"))
}
BILL = {
    "beneficiary": "Transportes Aurora Ltda",
    "category": "Fretes",
    "method": "pix",
    "pix_key": "financeiro@exemplo.com.br",
    "due_on": "2030-07-10",
}
ITEM = {"sku": "ABC-1", "quantity": 1, "unit_value": "10.00", "defect": "Não liga"}
REASON = {"reason": "Por um motivo"}
CPFS = ("529.982.247-25", "111.444.777-35", "123.456.789-09", "987.654.321-00")


class World:
    """`author` opened everything; `other` leads it on where two people are needed. Both may do everything."""

    def __init__(self) -> None:
        self.author, self.other = asker("super_admin", "author@x.example"), asker("super_admin", "other@x.example")
        self.turn = itertools.count(1)

    def make(self, module: str, state: str) -> dict[str, Any]:
        """A new record, as REST tells it. `state` may have a variant behind a slash."""
        makers: dict[str, Callable[[str], dict[str, Any]]] = {
            "payables": self.payable,
            "warranties": self.warranty,
            "triage": self.triage,
            "vouchers": self.voucher,
            "redemptions": self.redemption,
            "customers": self.customer,
            "products": self.product,
        }
        made = makers[module](state) if module in makers else self.declared(module, state)
        return self.read(module, made["number"])

    def declared(self, module: str, state: str) -> dict[str, Any]:
        """A record of a module with a file of its own: opened with its `body`, led on by the actions of `ways`."""
        table = FILES[module]
        made = self.open(module, table["body"])
        for action in table.get("ways", {}).get(state, []):
            self.act(self.other, module, made, action, **REASON, **table.get("data", {}).get(action, {}))
        return made

    def read(self, module: str, number: str) -> dict[str, Any]:
        status, found = self.author.get(f"/{module}/{number}")
        assert status == 200, found
        return found

    @staticmethod
    def record(module: str, number: str) -> Case:
        return get_module(module).model._default_manager.get(number=number)

    def open(self, module: str, body: dict[str, Any], who: Asker | None = None) -> dict[str, Any]:
        status, made = (who or self.author).post(f"/{module}", body)
        assert status == 201, made
        return made

    def act(self, who: Asker, module: str, record: dict[str, Any], action: str, **data: Any) -> dict[str, Any]:
        status, done = who.post(f"/{module}/{record['number']}/actions/{action}", data)
        assert status == 200, (module, action, done)
        return done

    def by_itself(self, module: str, record: dict[str, Any], action: str, **data: Any) -> None:
        """What no person does: the answer of another system, a day that is over."""
        workflow.run(self.record(module, record["number"]), action, SYSTEM, data=data)

    def payable(self, state: str = "pending", **changes: Any) -> dict[str, Any]:
        made = self.open("payables", {**BILL, "amount": f"{next(self.turn)}.00", **changes})
        if state == "cancelled":
            return self.act(self.other, "payables", made, "cancel", **REASON)
        if state != "pending":
            self.act(self.author, "payables", made, "generate")
            self.by_itself("payables", made, "arrived", id="77001", digest="x")
        if state in ("verified", "paid"):
            self.act(self.other, "payables", made, "verify")
        if state == "paid":
            self.act(self.other, "payables", made, "pay")
        return made

    def warranty(self, state: str = "pending", **changes: Any) -> dict[str, Any]:
        customer = self.customer()
        body = {"customer": customer["number"], "order": f"P-{next(self.turn)}", "items": [ITEM], **changes}
        made = self.open("warranties", body | {"return_needed": state != "pending/no_return"})
        if state == "cancelled":
            return self.act(self.other, "warranties", made, "cancel", **REASON)
        if not state.startswith("pending"):
            self.act(self.author, "warranties", made, "request_return")
        if state in ("generated", "verified"):
            self.act(self.author, "warranties", made, "generate")
            self.by_itself("warranties", made, "order_arrived", id="88001", number="1001")
        if state == "verified":
            self.act(self.other, "warranties", made, "verify")
        return made

    def triage(self, state: str = "waiting", **changes: Any) -> dict[str, Any]:
        made = self.open("triage", {"order": f"T-{next(self.turn)}", "items": [{"sku": "ABC-1"}], **changes})
        if state != "waiting":
            self.act(self.author, "triage", made, "start")
        if state in ("in_analysis/decided", "done"):
            self.act(self.author, "triage", made, "dispose", disposition="stock")
        if state == "done":
            self.act(self.author, "triage", made, "conclude")
        return made

    def voucher(self, state: str = "open", **changes: Any) -> dict[str, Any]:
        day = (clock.today() + dt.timedelta(days=60)).isoformat()
        body = {"customer": self.customer()["number"], "amount": "500.00", "expires_on": day, "reason": "Troca"}
        made = self.open("vouchers", {**body, **changes})
        if state == "open/held":
            self.open("redemptions", {"voucher": made["number"], "amount": "10.00", "order": "P-1"})
        elif state == "cancelled":
            self.act(self.other, "vouchers", made, "cancel", **REASON)
        elif state == "expired":
            with clock.frozen(clock.now() + dt.timedelta(days=90)):
                self.by_itself("vouchers", made, "expire")
        return made

    def redemption(self, state: str = "requested", who: Asker | None = None) -> dict[str, Any]:
        voucher = self.voucher()
        body = {"voucher": voucher["number"], "amount": "100.00", "order": "P-1"}
        made = self.open("redemptions", body, who)
        if state in ("approved", "reversed"):
            self.act(self.other, "redemptions", made, "approve")
        if state == "reversed":
            self.act(self.other, "redemptions", made, "reverse", **REASON)
        elif state == "refused":
            self.act(self.other, "redemptions", made, "refuse", **REASON)
        elif state == "expired":
            self.by_itself("redemptions", made, "expire")
        return made

    def customer(self, state: str = "active") -> dict[str, Any]:
        made = self.open("customers", {"name": f"Maria da Silva {next(self.turn)}"})
        if state == "merged":
            self.act(self.other, "customers", made, "merge", into=self.customer()["number"])
        elif state == "anonymised":
            self.act(self.other, "customers", made, "anonymise", **REASON)
        return made

    def product(self, state: str = "active") -> dict[str, Any]:
        number = next(self.turn)
        made = self.open("products", {"sku": f"SKU-{number}", "name": f"Fonte {number}"})
        if state == "inactive":
            self.act(self.author, "products", made, "deactivate")
        return made
