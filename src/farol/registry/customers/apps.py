"""Application registration."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "farol.registry.customers"
    label = "customers"
