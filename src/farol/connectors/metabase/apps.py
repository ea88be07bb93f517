"""Application registration."""

from django.apps import AppConfig


class MetabaseConfig(AppConfig):
    name = "farol.connectors.metabase"
    label = "metabase"
