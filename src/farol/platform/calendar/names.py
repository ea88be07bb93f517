"""Holidays by year from the library `holidays`, sorted into what they mean for a business day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

import holidays

_CARNIVAL = {
    "pt_BR": (
        "sábado de Carnaval",
        "domingo de Carnaval",
        "segunda-feira de Carnaval",
        "terça-feira de Carnaval",
        "Quarta-feira de Cinzas",
    ),
    "en_US": ("Carnival Saturday", "Carnival Sunday", "Carnival Monday", "Carnival Tuesday", "Ash Wednesday"),
}
_EVES = {
    "pt_BR": {(12, 24): "véspera de Natal", (12, 31): "véspera de Ano-Novo"},
    "en_US": {(12, 24): "Christmas Eve", (12, 31): "New Year's Eve"},
}


@dataclass(frozen=True)
class YearNames:
    """The named days of one year: legal holidays, Carnival (Saturday to Ash Wednesday), days on which only banks close,
    and the eves on which people work half a day."""

    legal: dict[dt.date, str]
    carnival: dict[dt.date, str]
    bank: dict[dt.date, str]
    eves: dict[dt.date, str]


def subdivision(state: str, city: str) -> str:
    """The library's name of the place. Of cities it knows those it lists as `… Capital`; else the state's days."""
    capital = city if city.endswith(" Capital") else f"{city} Capital"
    return capital if capital in holidays.BR.subdivisions else state


@cache
def year_names(place: str, year: int, locale: str) -> YearNames:
    """`place` as of `subdivision`; `locale` is `pt_BR` or `en_US`. `NotImplementedError` for an unknown state."""
    legal = dict(holidays.BR(subdiv=place, years=year, language=locale))
    monday = min(holidays.BR(years=year, language="pt_BR", categories="optional").get_named("Carnaval"))
    carnival = {monday + dt.timedelta(days=i - 2): name for i, name in enumerate(_CARNIVAL[locale])}
    eves = {dt.date(year, month, day): name for (month, day), name in _EVES[locale].items()}
    bank = {
        day: name
        for day, name in holidays.financial_holidays("BVMF", years=year, language=locale).items()
        # banks do settle on both eves, whatever the exchange's trading calendar says
        if day not in legal and day not in carnival and day not in eves and (day.month, day.day) < (12, 29)
    }
    return YearNames(legal, carnival, bank, eves)
