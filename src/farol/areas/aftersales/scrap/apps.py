"""Application registration."""

from django.apps import AppConfig


class ScrapConfig(AppConfig):
    name = "farol.areas.aftersales.scrap"
    label = "scrap"
