"""Application registration."""

from django.apps import AppConfig


class ProductsConfig(AppConfig):
    name = "farol.registry.products"
    label = "products"
