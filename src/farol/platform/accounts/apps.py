"""Application registration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "farol.platform.accounts"
    label = "accounts"
