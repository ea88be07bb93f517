"""One list for every room: declared once, it brings search, filters, sorting, pages, columns and export.

Its state is the address.

    PEOPLE = List(
        name="people",
        title=_("People"),
        columns=(
            Column("name", _("Name"), sort="name", link=True),
            Column("email", _("E-mail"), sort="email"),
            Column("state", _("State"), value=lambda u: ACTIVE if u.is_active else OFF, kind="status"),
            Column("seen", _("Last seen"), sort="last_login", value="last_login", kind="datetime"),
        ),
        search=("name", "email"),
        filters=(Filter("state", _("State"), [("on", _("Active")), ("off", _("Off"))], active_or_not),),
        order="name",
        row_url=lambda u: reverse("accounts:person", args=[u.pk]),
        empty=Empty(_("No people yet"), _("Create the first one."), icon="users"),
        new=New(_("New person"), "accounts:person_new", "administration"),
    )

    @requires("administration")
    def people(request):
        return PEOPLE.respond(request, User.objects.all())

`respond` takes a query set, or a plain sequence for the few lists that live in code; a row is a model, an object or a
dict. The template `web/list.html` may be extended (blocks `before`, `after`); pass it as `template=`.

Lists of a million rows: `search` by beginnings (`searching`), counting and turning pages stop at `MOST_COUNTED`, and
sorting needs an index for each column that has `sort`. A bulk action's view takes its rows from `chosen(request, LIST,
rows)` and answers with `outcome_page`. `Board` shows the same rows as cards in columns.
"""

from __future__ import annotations

from farol.platform.web.lists.boards import Board, BoardColumn, Lane
from farol.platform.web.lists.choosing import chosen
from farol.platform.web.lists.declared import Bulk, Column, Empty, Filter, List, New, Status, by_template
from farol.platform.web.lists.outcomes import Outcome, outcome_page
from farol.platform.web.lists.paging import MOST_COUNTED
from farol.platform.web.lists.searching import any_of, begins, prefix
from farol.platform.web.lists.state import State

__all__ = [
    "MOST_COUNTED",
    "Board",
    "BoardColumn",
    "Bulk",
    "Column",
    "Empty",
    "Filter",
    "Lane",
    "List",
    "New",
    "Outcome",
    "State",
    "Status",
    "any_of",
    "begins",
    "by_template",
    "chosen",
    "outcome_page",
    "prefix",
]
