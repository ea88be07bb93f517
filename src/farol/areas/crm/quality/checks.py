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
    Check(
        "empty",
        _("There are leads"),
        _("The new version would have no lead."),
        whole.empty,
        remedy=_("Nothing was published. See whether the source still has leads, and load again."),
    ),
    Check(
        "keys_unique",
        _("Each record once"),
        _("%(count)s records of “%(table)s” come more than once."),
        whole.keys_unique,
        remedy=_("Nothing was published. Load everything again; if it stays so, report it with these numbers."),
    ),
    Check(
        "lossless",
        _("All leads that were loaded"),
        _("%(rows)s leads would be published and %(loaded)s were loaded, or their values differ."),
        whole.lossless,
        private=True,
        remedy=_("Nothing was published. Load everything again; if it stays so, report it."),
    ),
    Check(
        "agreeing",
        _("The tables tell the same"),
        _("%(count)s sums differ between the tables of leads, deals and stages."),
        whole.agreeing,
        remedy=_("Nothing was published. Load everything again; if it stays so, report it."),
    ),
    Check(
        "reconciled",
        _("Count and revenue as in the CRM"),
        _("On %(count)s days the CRM has other records than were loaded."),
        whole.reconciled,
        private=True,
        remedy=_("Load again: missing days are fetched first. The days are listed on the page of data sources."),
    ),
    Check(
        "schema",
        _("The CRM sends the fields that are needed"),
        _("Needed fields are missing in what the CRM sends: %(entities)s."),
        whole.schema,
        private=True,
        remedy=_("The load lists the records and their fields; the CRM's interface may have changed."),
    ),
    Check(
        "rows_drop",
        _("As many leads as usual"),
        _("Only %(rows)s leads where %(usual)s were to be expected."),
        usual.rows_drop,
        may_pass=True,
        private=True,
        remedy=_(
            "See whether leads were deleted or moved in the CRM. If it is right, publish with --accept rows_drop."
        ),
    ),
    Check(
        "null_jump",
        _("Columns stay filled"),
        _("“%(column)s” is empty in %(now)s %% of the new leads; before it was empty in %(before)s %%."),
        usual.null_jump,
        may_pass=True,
        private=True,
        remedy=_(
            "See in the CRM why the field is empty in these leads. If it is right, publish with --accept null_jump."
        ),
    ),
    Check(
        "sum_jump",
        _("Revenue is believable"),
        _("The new values (%(what)s) are %(times)s times the usual ones; they may be in another unit."),
        usual.sum_jump,
        may_pass=True,
        private=True,
        remedy=_("Compare the value of these leads with the CRM. If it is right, publish with --accept sum_jump."),
    ),
    Check(
        "duplicates",
        _("No lead twice"),
        _("%(count)s new leads are alike in everything but their number."),
        usual.duplicates,
        may_pass=True,
        private=True,
        remedy=_("Merge these leads in the CRM. If they are different ones, publish with --accept duplicates."),
    ),
    Check(
        "stale",
        _("The CRM has news"),
        _("Nothing has happened in the CRM since %(day)s, where something happens every business day."),
        usual.stale,
        may_pass=True,
        private=True,
        remedy=_("See whether the CRM's own sources still work. If it is right, publish with --accept stale."),
    ),
    Check(
        "few_leads",
        _("Leads of the week as usual"),
        _("The last seven days brought %(rows)s leads where %(usual)s are usual."),
        usual.few_leads,
        hard=False,
        private=True,
        remedy=_("See whether forms, campaigns and telephone still bring leads into the CRM."),
    ),
    Check(
        "classified_share",
        _("Most leads have a channel"),
        _("%(share)s %% of the leads have no channel."),
        classified_share,
        hard=False,
        remedy=_("Add channel rules, or name the fields that carry UTM and origin."),
    ),
    Check(
        "closed_before_created",
        _("Closed after created"),
        _("%(count)s leads were closed before they were created."),
        _faults("closed_before_created"),
        hard=False,
        remedy=_("Correct the dates of these leads in the CRM."),
    ),
    Check(
        "won_without_value",
        _("Won deals have a value"),
        _("%(count)s won deals have no value."),
        _faults("won_without_value"),
        hard=False,
        remedy=_("Write the value of these deals in the CRM: they count as won and bring no revenue."),
    ),
    Check(
        "no_responsible",
        _("Every lead has a responsible"),
        _("%(count)s leads have no responsible."),
        _faults("no_responsible"),
        hard=False,
        remedy=_("Give these leads a responsible in the CRM."),
    ),
    Check(
        "no_source",
        _("Every lead has a source"),
        _("%(count)s leads have no source that a rule knows."),
        _faults("no_source"),
        hard=False,
        remedy=_("Add a channel rule for them, or fill in the source in the CRM."),
    ),
    Check(
        "history_gap",
        _("The history is whole"),
        _("Of %(count)s leads the event of a change of stage is missing."),
        _faults("history_gap"),
        hard=False,
        remedy=_("Load everything again: the missing event may have come since."),
    ),
    Check(
        "unknown_stage",
        _("Every stage is known"),
        _("%(count)s leads were in stages that the CRM no longer lists."),
        _faults("unknown_stage"),
        hard=False,
        remedy=_("Move these leads to a stage that exists. Their past stays under its number."),
    ),
    Check(
        "closing_differs",
        _("Closing agrees with the history"),
        _("Of %(count)s leads the closing date differs by more than a day from the event."),
        _faults("closing_differs"),
        hard=False,
        remedy=_("Compare the closing date of these leads with their history in the CRM."),
    ),
)
