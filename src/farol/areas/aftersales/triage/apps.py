"""Application registration."""

from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "farol.areas.aftersales.triage"
    label = "triage"
