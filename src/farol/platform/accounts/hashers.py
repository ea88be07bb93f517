"""The password hash."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes and one lane, the OWASP minimum.

    The framework's 100 MiB and eight lanes make four simultaneous log-ins take 400 MB and both cores of a small server.
    """

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1
