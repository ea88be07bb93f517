"""Authentication against the table of people."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from farol.platform.accounts.models import User


class Backend:
    """Finds a person by e-mail address and password.

    An unknown address, a person without a password and a deactivated one cost the same hash as everybody else, so
    that the answer's time does not tell them apart.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **_credentials: Any
    ) -> User | None:
        user = User.objects.filter(email=username.strip().lower()).first()
        if user is None:
            User().set_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()
