"""What the commercial data hold about a customer: contacts with the same telephone or e-mail, and their leads."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.areas.crm.models import Forgotten
from farol.areas.crm.planning.rebuilding import ask_for_rebuild
from farol.connectors.kommo import scrub
from farol.engines.warehouse import current_version, find_dataset, open_stage
from farol.engines.warehouse.sql import Sql
from farol.registry.customers.models import Customer
from farol.registry.customers.privacy import Holding

WAIT = 20.0  # seconds for a load to let go of the stage
LEADS = Sql("""
    SELECT c.id, c.name, l.id, l.name, strftime(to_timestamp(l.created_at), '%Y-%m-%d'),
        list_distinct(array_agg(n.text) FILTER (WHERE n.text <> ''))
    FROM contact c LEFT JOIN lead l ON l.connection_id = c.connection_id AND l.contact_id = c.id
    LEFT JOIN note n ON n.connection_id = l.connection_id AND n.lead_id = l.id
    WHERE list_contains($hashes, c.phone_hash) OR list_contains($hashes, c.email_hash)
    GROUP BY ALL ORDER BY 1, 3
""")


def hashes(customer: Customer) -> list[str]:
    """As contacts of the CRM are kept: no telephone or address is there in clear."""
    found = [scrub.email_hash(customer.email), *map(scrub.phone_hash, customer.phones)]
    return [one for one in found if one]


def find(customer: Customer) -> list[dict[str, Any]]:
    wanted = hashes(customer)
    if not wanted or current_version("crm") is None:
        return []
    with open_stage(find_dataset("crm"), wait=WAIT, clean=False) as stage:
        rows = stage.connection.execute(LEADS, {"hashes": wanted}).fetchall()
    names = ("contact", "name", "lead", "lead_name", "created", "notes")
    return [{name: value for name, value in zip(names, row, strict=True) if value} for row in rows]


def forget(customer: Customer) -> None:
    """From the next publication on, which is asked for now; versions from before go as further ones come."""
    wanted = hashes(customer)
    for one in wanted:
        Forgotten.objects.get_or_create(hash=one)
    if wanted and current_version("crm") is not None:
        ask_for_rebuild("privacy")


HOLDINGS = [
    Holding("leads", _("Leads and contacts of the CRM"), find, _("Counts and amounts, without who it was."), forget),
]
