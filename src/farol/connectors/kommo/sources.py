"""Kommo as a source of the commercial area's records."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from farol.connectors.kommo.account import configured, people, session, test
from farol.connectors.kommo.auth import OAUTH
from farol.connectors.kommo.entities import ENTITIES
from farol.engines.sources.source import Source

SOURCES = [
    Source(
        name="kommo",
        label=_("Kommo"),
        dataset="crm",
        entities=ENTITIES,
        configured=configured,
        session=session,
        test=test,
        settings=("FAROL_KOMMO_URL", "FAROL_KOMMO_TOKEN"),
        guide="fontes/kommo",
        oauth=OAUTH,
        parallel=lambda: settings.FAROL_KOMMO_PARALLEL,
        people=people,
    )
]
