"""Who is asking: the one object that rights and row rules look at, whatever the door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from farol.core.errors import NotAllowed
from farol.platform.accounts.rights import CATALOGUE, OWN

if TYPE_CHECKING:
    from django.http import HttpRequest

    from farol.platform.accounts.models import User


@dataclass(frozen=True)
class Principal:
    """A person (perhaps narrowed by a token's scopes), or the local operator and the system itself with every right.

    `rights` holds names of the catalogue, with `:own` behind those that reach one's own rows only.
    """

    rights: frozenset[str]
    user: User | None = None
    label: str = "system"

    def may(self, permission: str) -> bool:
        """True if held at all. `KeyError` for a name outside the catalogue: a typo must never read as 'no'."""
        CATALOGUE[permission]
        return permission in self.rights or permission + OWN in self.rights

    def own_only(self, permission: str) -> bool:
        """True if held for one's own rows only; the query must then add the row rule."""
        CATALOGUE[permission]
        return permission not in self.rights and permission + OWN in self.rights

    def require(self, permission: str) -> None:
        if not self.may(permission):
            raise NotAllowed(_("Your roles do not include “%(right)s”.") % {"right": CATALOGUE[permission].label})

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None

    @property
    def cache_key(self) -> str:
        """Two principals may share a cached answer only if this is equal."""
        return f"{self.user_id}|{','.join(sorted(self.rights))}"


SYSTEM = Principal(frozenset(CATALOGUE), label="system")
OPERATOR = Principal(frozenset(CATALOGUE), label="operator")


def asker_of(request: HttpRequest) -> Principal:
    """Who is asking, on pages and operations that are for people who are signed in (`accounts.middleware`)."""
    principal = request.principal
    if not isinstance(principal, Principal):
        raise NotAllowed("")
    return principal


def person_of(request: HttpRequest) -> User:
    """The person who asks, for what belongs to an account."""
    user = asker_of(request).user
    if user is None:
        raise NotAllowed("")
    return user


def principal_of(user: User, scopes: list[str] | None = None, *, held: set[str] | None = None) -> Principal:
    """The rights of all roles added up (`held`, where they are known), cut to `scopes` where given; nothing for a
    deactivated person."""
    if not user.is_active:
        return Principal(frozenset(), user=user, label=user.email)
    held = {right for role in user.roles.all() for right in role.rights} if held is None else held
    known = {right for right in held if right.removesuffix(OWN) in CATALOGUE}
    if scopes:
        known = {right for right in known if right.removesuffix(OWN) in scopes}
    return Principal(frozenset(known), user=user, label=user.email)
