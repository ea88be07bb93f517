"""The two work lists: leads without contact, and leads without an answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.areas.crm.boards.links import FILES, kommo_page, lead_page
from farol.areas.crm.worklists.asking import STATES as TASK_STATES
from farol.areas.crm.worklists.asking import may_ask_any, task_states
from farol.areas.crm.worklists.leads import LeadRow
from farol.engines.metrics import get_model
from farol.platform.accounts.principal import Principal
from farol.platform.web.lists import Bulk, Column, Empty, Filter, List, Status, by_template

RULES = (
    ("7", _("7 days")),
    ("14", _("14 days")),
    ("30", _("30 days")),
    ("60", _("60 days")),
    ("stage", _("twice what is usual in the stage")),
)
USUAL_RULE = "14"


def _as_read(rows: list[LeadRow], value: str) -> list[LeadRow]:
    """The rows were read by this choice already."""
    return rows


def _columns(days: Any) -> tuple[Column, ...]:
    return (
        Column("name", _("Lead"), value=lambda row: row.name or row.lead_id, sort="name", link=True),
        Column("days", days, kind="integer", sort="days"),
        Column("value", _("Value"), kind="money", sort="value"),
        Column("responsible", _("Seller"), sort="responsible"),
        Column("stage", _("Stage"), sort="stage"),
        Column("pipeline", _("Pipeline"), sort="pipeline", shown=False),
        Column("channel", _("Channel"), value="channel_label", sort="channel", shown=False),
        Column("since", _("Since"), kind="datetime", sort="since", shown=False),
        Column("tasks_open", _("Open tasks"), kind="integer", sort="tasks_open", shown=False),
        Column("act", _("To do"), value="pk", draw=by_template("crm/act_cell.html"), export=False),
    )


def _page(row: Any) -> str:
    return lead_page(row.connection_id, row.lead_id)


STALE = List(
    name="stale-leads",
    title=_("Stale leads"),
    subtitle=_("Open leads without any contact for 14 days or more, unless another time is chosen."),
    columns=_columns(_("Days without contact")),
    search=("name", "responsible", "stage"),
    filters=(Filter("parado", _("Without contact for"), RULES, _as_read),),
    order="-days",
    row_url=_page,
    bulk=(Bulk(_("Create tasks"), "crm:stale-tasks", "dashboard.commercial"),),
    empty=Empty(_("No stale leads"), _("Every open lead had contact in time."), icon="checks"),
    own=lambda rows, principal: rows,
)
UNANSWERED = List(
    name="unanswered-leads",
    title=_("Unanswered leads"),
    subtitle=_("Open leads that nobody answered yet, or whose customer wrote last."),
    columns=_columns(_("Days waiting")),
    search=("name", "responsible", "stage"),
    order="-days",
    row_url=_page,
    bulk=(Bulk(_("Create tasks"), "crm:unanswered-tasks", "dashboard.commercial"),),
    empty=Empty(_("Nobody waits"), _("Every open lead was answered."), icon="checks"),
    own=lambda rows, principal: rows,
)


def offered(declared: List, principal: Principal) -> List:
    """The list without its action for those who may not ask for tasks."""
    return declared if may_ask_any(principal) else replace(declared, bulk=())


@dataclass(frozen=True)
class Listed:
    """A row with what was asked for it."""

    row: LeadRow
    channel_label: str
    task: Status | None
    asks: bool

    @property
    def kommo(self) -> str:
        return kommo_page(self.row.connection_id, self.row.lead_id)

    @property
    def may_ask(self) -> bool:
        """Whether to offer it: not for leads of files, and not twice while it is on its way."""
        return self.asks and self.row.connection_id != FILES and self.task is not TASK_STATES["queued"]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.row, name)


def shown(rows: list[LeadRow], principal: Principal) -> list[Listed]:
    """The rows as the lists show them."""
    channels = get_model("leads").dimension("channel").values
    tasks, asks = task_states(), may_ask_any(principal)
    return [Listed(row, str(channels.get(row.channel, row.channel)), tasks.get(row.pk), asks) for row in rows]
