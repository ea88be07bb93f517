"""The code's table of rights equals the reviewed document, cell by cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from farol.platform.accounts.rights import CATALOGUE, OWN, SHORT, rights_of

COPY = Path(__file__).with_name("rights.md")
ORIGINAL = Path(__file__).resolve().parents[3] / "shared/spec/rights.md"

# one line of the document, and the permissions that its cells (divided by "/") speak of, in order
LINES = {
    "after-sales records: see lists and details": ["aftersales.view"],
    "warranties, exchanges: create, edit, request return, generate order": ["warranties.work"],
    "warranties, exchanges: verify, send back †": ["warranties.verify"],
    "any case: cancel (with reason)": ["cases.cancel"],
    "triage: receive, disposition, conclude": ["triage.work"],
    "payables: create, edit, generate in ERP": ["payables.work"],
    "payables: verify, send back †": ["payables.verify"],
    "payables: mark paid †": ["payables.pay"],
    "vouchers: create, cancel, extend": ["vouchers.manage"],
    "vouchers: see balance, request use": ["vouchers.request"],
    "redemptions: approve, refuse, reverse †": ["redemptions.decide"],
    "disputes: create, answer, finish": ["disputes.work"],
    "pickups, cancellations: create, change": ["pickups.work"],
    "scrap view and export": ["scrap.view"],
    "versioned stock: see": ["stock.view"],
    "versioned stock: products, versions, minimum, import, adjustment": ["stock.manage"],
    "versioned stock: receipt, issue": ["stock.move"],
    "manuals: read / write": ["manuals.read", "manuals.write"],
    "customers: see masked / reveal CPF, phone (audited)": ["customers.view", "customers.reveal"],
    "customers: create, edit / merge / export, anonymise a person": [
        "customers.edit", "customers.merge", "customers.privacy",
    ],
    "export XLSX of what one may see": ["export"],
    "import records from a file": ["import"],
    "dashboard payments": ["dashboard.payments"],
    "dashboard commercial (CRM)": ["dashboard.commercial"],
    "dashboard support: manager's view": ["dashboard.support"],
    "dashboard support: analyst's panel, classify": ["dashboard.support_panel"],
    "dashboard after-sales": ["dashboard.aftersales"],
    "aftermarket: analyse, mark for action, send report": ["aftermarket.work"],
    "alerts: see of the areas one may see / acknowledge, judge": ["alerts.view", "alerts.judge"],
    "goals, marketing spend, channel rules, alert rules, report schedules": ["goals.manage"],
    "reports: open archive of the areas one may see / send": ["reports.view", "reports.send"],
    "sources: see state / load now / settings, secrets": ["sources.view", "sources.load", "sources.manage"],
    "upload a data file (payments, spend, goals)": ["upload"],
    "close a month / reopen (two people)": ["months.close", "months.reopen"],
    "people, roles, tokens of others, settings, jobs, outbox": ["administration"],
    "audit: read, verify": ["audit.read"],
}  # fmt: skip
# a word in brackets narrows a cell to a permission of its own, which those of the whole hold too
NARROWER = {("import", "stock"): "import.stock", ("upload", "payments"): "upload.payments"}
SIGNED_IN = "own profile, own tokens"


def cells() -> dict[str, list[str]]:
    """The cells of every line, by its first column."""
    rows = [line.strip().strip("|").split("|") for line in COPY.read_text(encoding="utf-8").splitlines() if "|" in line]
    assert [c.strip() for c in rows[0][1:]] == list(SHORT)
    return {row[0].strip(): [c.strip() for c in row[1:]] for row in rows[2:]}


def said(line: str, cell: str) -> set[str]:
    """The rights that one cell grants. A single sign stands for all parts of the line."""
    names = LINES[line]
    sign, _space, narrowed = cell.partition(" ")
    if narrowed:
        return {NARROWER[names[0], narrowed.strip("()")]}
    signs = sign.split("/") if "/" in sign else [sign] * len(names)
    granted = {name + {"●": "", "o": OWN}[s] for name, s in zip(names, signs, strict=True) if s != "–"}
    return granted | {small for (whole, _word), small in NARROWER.items() if whole in granted}


def test_code_and_document_say_the_same():
    document = cells()
    own = next(line for line in document if line.startswith(SIGNED_IN))
    assert set(document.pop(own)) == {"●"}
    assert document.keys() == LINES.keys()
    for column, role in enumerate(SHORT.values()):
        granted = {right for line, row in document.items() for right in said(line, row[column])}
        assert granted == set(rights_of(role)), role


def test_every_permission_is_in_the_document():
    assert {name for names in LINES.values() for name in names} | set(NARROWER.values()) == CATALOGUE.keys()


def test_the_reviewed_copy_is_the_original():
    if not ORIGINAL.exists():
        pytest.skip("../shared is absent")
    assert COPY.read_text(encoding="utf-8") == ORIGINAL.read_text(encoding="utf-8")
