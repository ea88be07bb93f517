"""Application registration."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "farol.engines.ledger"
    label = "ledger"
