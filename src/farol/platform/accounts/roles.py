"""Roles that an administrator makes from the catalogue; the seeded ones are fixed."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from farol.core.errors import BadInput, Refused
from farol.platform import audit
from farol.platform.accounts import sessions
from farol.platform.accounts.models import Role
from farol.platform.accounts.principal import Principal
from farol.platform.accounts.rights import CATALOGUE, OWN, ROLES


def create(actor: Principal, name: str, rights: Sequence[str]) -> Role:
    """A new role. `BadInput` if one of that name exists."""
    slug = slugify(name).replace("-", "_")[:40]
    if not slug or Role.objects.filter(slug=slug).exists():
        raise BadInput("name", _("There is already a role of this name."))
    with transaction.atomic():
        role = Role.objects.create(slug=slug, name=name, rights=_known(rights))
        audit.record(actor, "role.created", target=slug, params={"rights": role.rights})
    return role


def change(actor: Principal, role: Role, name: str, rights: Sequence[str]) -> None:
    """Rename a role and give it exactly these rights; sessions of its people end."""
    _refuse_seeded(role)
    before, after = set(role.rights), set(_known(rights))
    with transaction.atomic():
        role.name, role.rights = name, sorted(after)
        role.save(update_fields=["name", "rights"])
        params = {"added": sorted(after - before), "removed": sorted(before - after)}
        audit.record(actor, "role.changed", target=role.slug, params=params)
        if before != after:
            for user in role.users.all():
                sessions.end_all(user)


def delete(actor: Principal, role: Role) -> None:
    """Remove a role that nobody holds."""
    _refuse_seeded(role)
    with transaction.atomic():
        if role.users.exists():
            raise Refused(_("Somebody still holds this role. Take it from them first."))
        role.delete()
        audit.record(actor, "role.deleted", target=role.slug)


def label(role: Role) -> str:
    """The role's name in the reader's language."""
    return str(ROLES[role.slug]) if role.seeded and role.slug in ROLES else role.name


def _known(rights: Sequence[str]) -> list[str]:
    unknown = [right for right in rights if right.removesuffix(OWN) not in CATALOGUE]
    if unknown:
        raise BadInput("rights", _("There is no right called %(scope)s.") % {"scope": unknown[0]})
    return sorted(set(rights))


def _refuse_seeded(role: Role) -> None:
    if role.seeded:
        raise Refused(_("This role belongs to Farol and stays as it is. Create one of your own instead."))
