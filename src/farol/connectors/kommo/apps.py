"""Application registration."""

from django.apps import AppConfig


class KommoConfig(AppConfig):
    name = "farol.connectors.kommo"
    label = "kommo"
