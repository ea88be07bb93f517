"""Keeps the seeded roles equal to the table in `rights.py`; runs after every migration."""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS

from farol.platform.accounts.rights import ROLES, rights_of


def seed_roles(sender: Any = None, using: str = DEFAULT_DB_ALIAS, apps: Any = None, **_signal: Any) -> None:
    """Create missing seeded roles and undo any change made to them. `apps` is the migration state of the signal."""
    if apps is None:
        from django.apps import apps as installed

        apps = installed
    try:
        roles = apps.get_model("accounts", "Role").objects.using(using)
    except LookupError:  # migrated back to before the table existed
        return
    for slug in ROLES:
        roles.update_or_create(slug=slug, defaults={"rights": rights_of(slug), "seeded": True, "name": slug})
