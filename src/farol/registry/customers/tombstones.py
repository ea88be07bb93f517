"""Who was anonymised, kept beside the database too: a backup from before is anonymised again when it is restored.

The file `tombstones.txt` of the data folder has one random id per line and is no part of a backup; rows and file are
brought together whenever Farol starts.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from farol.platform.accounts.principal import SYSTEM
from farol.registry.customers.flow import ANONYMISED
from farol.registry.customers.models import Customer, Tombstone

REASON = _("Anonymised before the backup was restored")


def lay(customer: Customer) -> None:
    Tombstone.objects.get_or_create(uid=customer.uid)


def path() -> Path:
    return Path(settings.FAROL_HOME) / "tombstones.txt"


def written() -> set[uuid.UUID]:
    """The ids in the file."""
    if not path().exists():
        return set()
    return {uuid.UUID(line) for line in path().read_text(encoding="ascii").split()}


def write() -> None:
    """Add to the file what only the table has; on the disk before this returns."""
    missing = set(Tombstone.objects.values_list("uid", flat=True)) - written()
    if not missing:
        return
    path().parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.writelines(f"{uid}\n" for uid in sorted(missing))
        file.flush()
        os.fsync(file.fileno())


def apply() -> int:
    """Anonymise again whom the file or the table names; how many there were. Running it again does nothing."""
    from farol.registry.customers import privacy

    write()
    again = 0
    for uid in sorted(written()):
        customer = Customer.objects.filter(uid=uid).exclude(status=ANONYMISED).first()
        if customer is not None:
            privacy.anonymise(customer, SYSTEM, str(REASON))
            again += 1
        Tombstone.objects.get_or_create(uid=uid)
    return again
