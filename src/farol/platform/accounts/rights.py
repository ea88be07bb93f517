"""The catalogue of permissions and what each seeded role holds: one table, asked by name.

A right may be held for one's own rows only (`OWN`): `Principal.own_only` then tells queries to add the row rule.
Log-in, one's own profile, tokens, sessions, notifications and saved views need no permission.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

ROLES = {
    "super_admin": _("Super administrator"),
    "cs_admin": _("After-sales administrator"),
    "cs_analyst": _("After-sales analyst"),
    "verifier": _("Verifier"),
    "finance": _("Finance"),
    "seller": _("Seller"),
    "marketplace": _("Marketplace operator"),
    "electronics_technician": _("Electronics technician"),
    "manager": _("Manager"),
    "support_analyst": _("Support analyst"),
    "aftermarket_sales": _("Aftermarket sales"),
    "viewer": _("Viewer"),
}
SHORT = dict(zip(["SA", "CA", "AN", "VE", "FI", "SE", "MK", "ET", "MA", "SU", "AF", "VI"], ROLES, strict=True))
OWN = ":own"


@dataclass(frozen=True)
class Permission:
    name: str
    label: Any
    roles: tuple[str, ...]
    own_roles: tuple[str, ...] = ()


def _row(name: str, label: Any, roles: str, own: str = "") -> Permission:
    return Permission(name, label, tuple(SHORT[r] for r in roles.split()), tuple(SHORT[r] for r in own.split()))


_EVERYBODY_BUT_VIEWER = "SA CA AN VE FI SE MK ET MA SU AF"
_TABLE = [
    _row("aftersales.view", _("After-sales: see lists and details"), "SA CA AN VE FI MA", own="SE"),
    _row(
        "warranties.work",
        _("Warranties and exchanges: create, edit, request return, generate order"),
        "SA CA AN",
    ),
    _row("warranties.verify", _("Warranties and exchanges: verify, send back"), "SA CA VE"),
    _row("cases.cancel", _("Any case: cancel, with a reason"), "SA CA"),
    _row("triage.work", _("Triage: receive, decide the disposition, conclude"), "SA CA AN"),
    _row("payables.work", _("Payables: create, edit, generate in the ERP"), "SA CA AN"),
    _row("payables.verify", _("Payables: verify, send back"), "SA CA VE"),
    _row("payables.pay", _("Payables: mark as paid"), "SA FI"),
    _row("vouchers.manage", _("Store credit: create, cancel, extend"), "SA CA FI"),
    _row("vouchers.request", _("Store credit: see the balance, request a use"), "SA CA AN FI SE"),
    _row("redemptions.decide", _("Uses of store credit: approve, refuse, reverse"), "SA FI"),
    _row("disputes.work", _("Disputes: create, answer, finish"), "SA CA AN MK"),
    _row("pickups.work", _("Pickups and cancellations: create, change"), "SA CA AN"),
    _row("scrap.view", _("Scrap: see and export"), "SA CA AN VE FI MA"),
    _row("stock.view", _("Versioned stock: see"), "SA CA AN MK ET MA"),
    _row("stock.manage", _("Versioned stock: products, versions, minimum, import, adjustment"), "SA CA MK"),
    _row("stock.move", _("Versioned stock: receipt, issue"), "SA CA MK ET"),
    _row("manuals.read", _("Manuals: read"), _EVERYBODY_BUT_VIEWER),
    _row("manuals.write", _("Manuals: write"), "SA CA"),
    _row("customers.view", _("Customers: see, masked"), "SA CA AN VE FI SE MA AF"),
    _row("customers.reveal", _("Customers: reveal CPF and phone (audited)"), "SA CA AN FI"),
    _row("customers.edit", _("Customers: create, edit"), "SA CA AN"),
    _row("customers.merge", _("Customers: merge duplicates"), "SA CA"),
    _row("customers.privacy", _("Customers: export or anonymise a person"), "SA"),
    _row("export", _("Export to XLSX what one may see"), "SA CA AN VE FI MK ET MA AF", own="SE SU"),
    _row("import", _("Import records from a file"), "SA CA"),
    _row("import.stock", _("Import stock from a file"), "SA CA MK"),
    _row("dashboard.payments", _("Dashboard: payments"), "SA FI MA VI"),
    _row("dashboard.commercial", _("Dashboard: commercial"), "SA MA AF VI", own="SE"),
    _row("dashboard.support", _("Dashboard: support, manager's view"), "SA MA VI"),
    _row(
        "dashboard.support_panel",
        _("Dashboard: support, analyst's panel and classification"),
        "SA MA",
        own="SU",
    ),
    _row("dashboard.aftersales", _("Dashboard: after-sales"), "SA CA FI MA VI"),
    _row("aftermarket.work", _("Aftermarket: analyse, mark for action, send the report"), "SA MA AF"),
    _row("alerts.view", _("Alerts: see those of one's areas"), "SA CA AN FI MK MA AF VI"),
    _row("alerts.judge", _("Alerts: acknowledge, judge"), "SA CA FI MA AF"),
    _row("goals.manage", _("Goals, marketing spend, channel and alert rules, report schedules"), "SA MA"),
    _row("reports.view", _("Reports: open the archive of one's areas"), "SA CA FI MA AF VI"),
    _row("reports.send", _("Reports: send"), "SA MA AF"),
    _row("sources.view", _("Sources: see their state"), "SA CA MA"),
    _row("sources.load", _("Sources: load now"), "SA MA"),
    _row("sources.manage", _("Sources: settings and secrets"), "SA"),
    _row("upload", _("Upload a data file"), "SA MA"),
    _row("upload.payments", _("Upload a payments file"), "SA FI MA"),
    _row("months.close", _("Close a month"), "SA FI"),
    _row("months.reopen", _("Reopen a month (two people)"), "SA FI"),
    _row("administration", _("People, roles, tokens of others, settings, jobs, outbox"), "SA"),
    _row("audit.read", _("Audit: read, verify"), "SA MA"),
]
CATALOGUE: dict[str, Permission] = {p.name: p for p in _TABLE}


def rights_of(role: str) -> list[str]:
    """What a seeded role holds, as stored on its row."""
    full = [p.name for p in _TABLE if role in p.roles]
    return full + [p.name + OWN for p in _TABLE if role in p.own_roles]
