"""Application registration."""

from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    name = "farol.engines.warehouse"
    label = "warehouse"
