"""Links between people of Farol and people of a source."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from farol.core.errors import BadInput, FarolError, NotFound
from farol.engines.sources.models import PersonLink
from farol.engines.sources.source import Source
from farol.platform import audit
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import Principal


def table(source: Source) -> dict[str, Any]:
    """The source's people with their links, and whom they can be linked to; `problem` where the source does not say."""
    links = dict(_links(source).values_list("external_id", "user_id"))
    try:
        found, problem = _outside(source), ""
    except FarolError as error:
        found, problem = [(external_id, "", "") for external_id in links], str(error.detail)
    rows = [(external_id, name, email, links.get(external_id)) for external_id, name, email in found]
    return {"rows": rows, "users": User.objects.filter(is_active=True).order_by("name", "email"), "problem": problem}


@transaction.atomic
def link(source: Source, external_id: str, user: int | None, principal: Principal) -> None:
    """Make `external_id` of the source this person (None: nobody), audited; each side has one link at most."""
    principal.require("sources.manage")
    if not external_id or len(external_id) > 80:
        raise BadInput("external_id", _("Choose a person from the list."))
    if user is not None and not User.objects.filter(pk=user, is_active=True).exists():
        raise BadInput("user", _("Choose a person from the list."))
    _links(source).filter(external_id=external_id).delete()
    if user is not None:
        _links(source).filter(user_id=user).delete()
        PersonLink.objects.create(
            source=source.name, connection=source.connection, external_id=external_id, user_id=user
        )
    params = {"external_id": external_id, "source": source.name}
    audit.record(principal, "sources.person_linked", target=user or "", params=params)


def link_by_email(source: Source, principal: Principal) -> int:
    """Link who has the same e-mail address on both sides and no link yet; how many."""
    principal.require("sources.manage")
    outside = _outside(source)
    users = {user.email.lower(): user.pk for user in User.objects.filter(is_active=True)}
    taken = set(_links(source).values_list("external_id", flat=True))
    linked = set(_links(source).values_list("user_id", flat=True))
    count = 0
    for external_id, _name, email in outside:
        user = users.get(email.strip().lower())
        if user is not None and external_id not in taken and user not in linked:
            link(source, external_id, user, principal)
            linked.add(user)
            count += 1
    return count


def _outside(source: Source) -> list[tuple[str, str, str]]:
    if source.people is None:
        raise NotFound(_("This source has no people."))
    return source.people()


def _links(source: Source) -> Any:
    return PersonLink.objects.filter(source=source.name, connection=source.connection)
