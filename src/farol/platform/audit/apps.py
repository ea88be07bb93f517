"""Application registration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "farol.platform.audit"
    label = "audit"
