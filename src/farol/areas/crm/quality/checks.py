"""What must hold before anybody sees the commercial figures."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.areas.crm.channels.rules import UNCLASSIFIED
from farol.areas.crm.quality import usual, whole
from farol.engines.warehouse import Audit, Check
from farol.engines.warehouse.sql import compose

MOST_UNCLASSIFIED = 50


def _faults(name: str) -> Any:
    """A check that counts the records of its name in table `fault`."""

    def find(audit: Audit) -> dict[str, Any] | None:
        sql = compose("SELECT count(*) FROM {t} WHERE check_name = ?", t=audit.table("fault"))
        count = audit.row(sql, (name,))[0]
        return {"count": count} if count else None

    return find


def classified_share(audit: Audit) -> dict[str, Any] | None:
    """More than half of the leads has no channel, by the classifier's own word for that."""
    sql = compose("SELECT count(*), count(*) FILTER (channel = ?) FROM {t} WHERE counts", t=audit.table("lead"))
    leads, unknown = audit.row(sql, (UNCLASSIFIED,))
    return {"share": round(100 * unknown / leads)} if leads and 100 * unknown > MOST_UNCLASSIFIED * leads else None


CHECKS = (
    Check("empty", _("There are leads"), _("The new version would have no lead."), whole.empty),
    Check(
        "keys_unique",
        _("Each record once"),
        _("%(count)s records of “%(table)s” come more than once."),
        whole.keys_unique,
    ),
    Check(
        "lossless",
        _("All leads that were loaded"),
        _("%(rows)s leads would be published and %(loaded)s were loaded, or their values differ."),
        whole.lossless,
        private=True,
    ),
    Check(
        "agreeing",
        _("The tables tell the same"),
        _("%(count)s sums differ between the tables of leads, deals and stages."),
        whole.agreeing,
    ),
    Check(
        "reconciled",
        _("Count and revenue as in the CRM"),
        _("On %(count)s days the CRM has other records than were loaded."),
        whole.reconciled,
        private=True,
    ),
    Check(
        "schema",
        _("The CRM sends the fields that are needed"),
        _("Needed fields are missing in what the CRM sends: %(entities)s."),
        whole.schema,
        private=True,
    ),
    Check(
        "rows_drop",
        _("As many leads as usual"),
        _("Only %(rows)s leads where %(usual)s were to be expected."),
        usual.rows_drop,
        may_pass=True,
        private=True,
    ),
    Check(
        "null_jump",
        _("Columns stay filled"),
        _("“%(column)s” is empty in %(now)s %% of the new leads; before it was empty in %(before)s %%."),
        usual.null_jump,
        may_pass=True,
        private=True,
    ),
    Check(
        "sum_jump",
        _("Revenue is believable"),
        _("The new values (%(what)s) are %(times)s times the usual ones; they may be in another unit."),
        usual.sum_jump,
        may_pass=True,
        private=True,
    ),
    Check(
        "duplicates",
        _("No lead twice"),
        _("%(count)s new leads are alike in everything but their number."),
        usual.duplicates,
        may_pass=True,
        private=True,
    ),
    Check(
        "stale",
        _("The CRM has news"),
        _("Nothing has happened in the CRM since %(day)s, where something happens every business day."),
        usual.stale,
        may_pass=True,
        private=True,
    ),
    Check(
        "few_leads",
        _("Leads of the week as usual"),
        _("The last seven days brought %(rows)s leads where %(usual)s are usual."),
        usual.few_leads,
        hard=False,
        private=True,
    ),
    Check(
        "classified_share",
        _("Most leads have a channel"),
        _("%(share)s %% of the leads have no channel."),
        classified_share,
        hard=False,
    ),
    Check(
        "closed_before_created",
        _("Closed after created"),
        _("%(count)s leads were closed before they were created."),
        _faults("closed_before_created"),
        hard=False,
    ),
    Check(
        "won_without_value",
        _("Won deals have a value"),
        _("%(count)s won deals have no value."),
        _faults("won_without_value"),
        hard=False,
    ),
    Check(
        "no_responsible",
        _("Every lead has a responsible"),
        _("%(count)s leads have no responsible."),
        _faults("no_responsible"),
        hard=False,
    ),
    Check(
        "no_source",
        _("Every lead has a source"),
        _("%(count)s leads have no source that a rule knows."),
        _faults("no_source"),
        hard=False,
    ),
    Check(
        "history_gap",
        _("The history is whole"),
        _("Of %(count)s leads the event of a change of stage is missing."),
        _faults("history_gap"),
        hard=False,
    ),
    Check(
        "unknown_stage",
        _("Every stage is known"),
        _("%(count)s leads were in stages that the CRM no longer lists."),
        _faults("unknown_stage"),
        hard=False,
    ),
    Check(
        "closing_differs",
        _("Closing agrees with the history"),
        _("Of %(count)s leads the closing date differs by more than a day from the event."),
        _faults("closing_differs"),
        hard=False,
    ),
)
