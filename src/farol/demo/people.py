"""People of the demo world: one for each seeded role."""

from __future__ import annotations

from farol.engines.sources.models import PersonLink
from farol.engines.sources.people import link
from farol.engines.sources.source import find_source
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import SYSTEM

PEOPLE = {
    "super_admin": ("ti@farol.example", "Iara Nogueira"),
    "manager": ("operacoes@farol.example", "Otávio Prado"),
    "finance": ("financeiro@farol.example", "Flávia Rezende"),
    "cs_admin": ("posvenda@farol.example", "Camila Duarte"),
    "cs_analyst": ("analista@farol.example", "André Siqueira"),
    "verifier": ("conferente@farol.example", "Vera Lopes"),
    "seller": ("vendas@farol.example", "Samuel Tavares"),
    "marketplace": ("mercado@farol.example", "Marina Kato"),
    "electronics_technician": ("tecnico@farol.example", "Elias Teixeira"),
    "support_analyst": ("suporte@farol.example", "Sofia Antunes"),
    "aftermarket_sales": ("aftermarket@farol.example", "Alan Ferraz"),
    "viewer": ("consulta@farol.example", "Vitor Meireles"),
}

IN_KOMMO = {"vendas@farol.example": "9000001"}  # who sees own leads only is somebody there


def password(seed: int) -> str:
    """The one password of the demo's people; the demo refuses to run behind a public address."""
    return f"farol-demonstracao-{seed}"


def create(seed: int) -> list[tuple[str, str, str]]:
    """Make the people that are missing; (role, e-mail, name) of all of them."""
    for role, (email, name) in PEOPLE.items():
        if not User.objects.filter(email=email).exists():
            user = User.objects.create_user(email, password(seed), name=name)
            user.roles.add(Role.objects.get(slug=role))
    for email, external_id in IN_KOMMO.items():
        if not PersonLink.objects.filter(source="kommo", external_id=external_id).exists():
            link(find_source("kommo"), external_id, User.objects.get(email=email).pk, SYSTEM)
    return [(role, email, name) for role, (email, name) in PEOPLE.items()]
