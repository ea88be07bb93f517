"""Application registration."""

from django.apps import AppConfig


class WarrantiesConfig(AppConfig):
    name = "farol.areas.aftersales.warranties"
    label = "warranties"
