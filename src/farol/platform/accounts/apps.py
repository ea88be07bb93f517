"""Application registration."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "farol.platform.accounts"
    label = "accounts"

    def ready(self) -> None:
        from farol.platform.accounts import sessions
        from farol.platform.accounts.seed import seed_roles

        post_migrate.connect(seed_roles, sender=self, dispatch_uid="accounts.seed_roles")
        user_logged_in.connect(sessions.note, dispatch_uid="accounts.sessions")
