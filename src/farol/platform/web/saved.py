"""Saved views of lists: one's own, and those that somebody shares with everybody who may open the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from farol.core import documents
from farol.core.errors import BadInput, NotFound
from farol.platform.accounts.principal import Principal, asker_of

if TYPE_CHECKING:
    from farol.platform.web.models import SavedView

MOST_VIEWS = 30
MOST_SHOWN = 60
_signer = Signer(salt="farol.lists.views")


@dataclass(frozen=True)
class Tab:
    """One saved view as the list shows it. `mine` may be renamed and deleted."""

    view: Any
    url: str
    current: bool
    mine: bool


@dataclass(frozen=True)
class Tabs:
    """`ticket` proves that the person has seen the list: only they can save a view of it."""

    name: str
    tabs: list[Tab]
    address: str
    plain: bool
    ticket: str
    path: str

    @property
    def current(self) -> Tab | None:
        return next((tab for tab in self.tabs if tab.current), None)


def tabs_of(request: HttpRequest, name: str, address: str) -> Tabs | None:
    """The saved views of a list for the person who asks; None for nobody."""
    from farol.platform.web.models import SavedView

    person = asker_of(request).user_id
    if person is None:
        return None
    views = SavedView.objects.filter(Q(owner=person) | Q(shared=True), list=name).select_related("owner")[:MOST_SHOWN]
    tabs = [Tab(v, f"?{v.address}", same(v.address, address), v.owner_id == person) for v in views]
    tabs.sort(key=lambda tab: not tab.mine)
    return Tabs(name, tabs, address, not address, ticket(name, person), request.path)


def same(one: str, other: str) -> bool:
    """Whether two addresses show the same, whatever the order of their parts."""
    return sorted(QueryDict(one).items()) == sorted(QueryDict(other).items())


def ticket(name: str, person: int) -> str:
    return _signer.sign(f"{person}:{name}")


def list_named(text: str, principal: Principal) -> str:
    """The list that a ticket of this person is for; `BadInput` for any other text."""
    try:
        person, _colon, name = _signer.unsign(text).partition(":")
    except BadSignature:
        person, name = "", ""
    if not name or person != str(principal.user_id):
        raise BadInput("ticket", _("Open the list again and save the view from there."))
    return name


def save(principal: Principal, list_name: str, name: str, address: str, *, shared: bool) -> SavedView:
    """Keep the address under a name; the same name again replaces the person's own view."""
    from farol.platform.web.models import SavedView

    address = _checked(address)
    mine = SavedView.objects.filter(owner_id=principal.user_id, list=list_name)
    if mine.count() >= MOST_VIEWS and not mine.filter(name=_named(name)).exists():
        raise BadInput(
            "name", _("You already have %(most)s views of this list. Delete one first.") % {"most": MOST_VIEWS}
        )
    view, _new = SavedView.objects.update_or_create(
        owner_id=principal.user_id, list=list_name, name=_named(name), defaults={"address": address, "shared": shared}
    )
    return view


def change(principal: Principal, pk: int, name: str, *, shared: bool) -> SavedView:
    """Rename one's own view, share it or keep it to oneself."""
    view = own(principal, pk)
    view.name, view.shared = _named(name), shared
    try:
        with transaction.atomic():
            view.save(update_fields=["name", "shared"])
    except IntegrityError as error:
        raise BadInput("name", _("You already have a view of this name.")) from error
    return view


def own(principal: Principal, pk: int) -> SavedView:
    """`NotFound` for a view of somebody else as for none."""
    from farol.platform.web.models import SavedView

    found = SavedView.objects.filter(owner_id=principal.user_id, pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise NotFound(_("There is no such view of yours."))
    return found


def _named(text: str) -> str:
    name = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:60]
    if not name:
        raise BadInput("name", _("Give the view a name."))
    return name


def _checked(address: str) -> str:
    query = QueryDict(address, mutable=True)
    for part in ("page", "export", "density"):
        query.pop(part, None)
    if any(kind.is_valid(query.get("q", "")) for kind in (documents.cpf, documents.cnpj)):
        raise BadInput("address", _("A view does not keep a CPF or CNPJ. Clear the search, then save it."))
    text = query.urlencode(safe=",")
    if len(text) > 1000:
        raise BadInput("address", _("This view is too long to be kept. Choose fewer columns or filters."))
    return text
