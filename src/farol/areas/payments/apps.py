"""Application registration."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "farol.areas.payments"
    label = "payments"
