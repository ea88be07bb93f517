"""Application registration."""

from django.apps import AppConfig


class BigQueryConfig(AppConfig):
    name = "farol.connectors.bigquery"
    label = "bigquery"
