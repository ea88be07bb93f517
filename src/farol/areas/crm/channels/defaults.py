"""The rules an installation begins with: click ids, the field of origin, UTM fields, then what the CRM itself says."""

from __future__ import annotations

from typing import Any

from farol.areas.crm.channels.rules import Rule

PAID_MEDIUM = "^(cpc|ppc|cpm|paid|ads|paid .*|.* ads|midia paga|trafego pago)$"
ORIGINS: tuple[tuple[str, str, str], ...] = (
    ("google ads|adwords", "Google Ads", "paid"),
    ("meta ads|facebook ads|instagram ads", "Meta Ads", "paid"),
    ("midia paga|trafego pago|anuncio|paid", "Mídia paga", "paid"),
    ("instagram|insta", "Instagram", "organic"),
    ("tik ?tok", "TikTok", "organic"),
    ("indica(cao|do|da)|referral", "Indicação", "referral"),
    ("outbound|prospec|cold", "Outbound", "outbound"),
    ("whats ?app|wpp", "WhatsApp", "other"),
    (r"landing|^lp\b", "Landing page", "organic"),
    ("meta|facebook", "Facebook", "organic"),
    ("google|busca organica", "Google orgânico", "organic"),
    ("site", "Site", "organic"),
    ("evento|feira", "Evento", "other"),
)


def _rules() -> list[Rule]:
    made: list[Rule] = []

    def rule(field: str, test: str, value: Any, source: str, channel: str, *more: tuple[str, str, Any]) -> None:
        also = [{"field": f, "test": t, "value": v} for f, t, v in more]
        said = {"field": field, "test": test, "value": value, "and": also, "source": source, "channel": channel}
        made.append({"id": f"r{len(made) + 1:02d}", **said, "note": ""})

    paid = ("utm_medium", "matches", PAID_MEDIUM)
    rule("gclid", "present", "", "Google Ads", "paid")
    rule("fbclid", "present", "", "Meta Ads", "paid")
    for pattern, source, channel in ORIGINS:
        rule("origin", "matches", pattern, source, channel)
    rule("utm_source", "one_of", ["google", "google ads", "adwords"], "Google Ads", "paid", paid)
    rule("utm_source", "equals", "google ads", "Google Ads", "paid")
    rule("utm_source", "equals", "google", "Google orgânico", "organic")
    for names, ads, plain in (
        (["facebook", "fb", "meta"], "Meta Ads", "Facebook"),
        (["instagram", "ig"], "Meta Ads", "Instagram"),
    ):
        rule("utm_source", "one_of", names, ads, "paid", paid)
        rule("utm_source", "one_of", names, plain, "organic")
    rule("utm_source", "contains", "linkedin", "LinkedIn Ads", "paid", paid)
    rule("utm_source", "contains", "linkedin", "LinkedIn", "organic")
    rule("utm_source", "equals", "site", "Site", "organic")
    rule("utm_source", "one_of", ["lp", "landing page"], "Landing page", "organic")
    rule("utm_medium", "matches", PAID_MEDIUM, "Mídia paga", "paid")
    rule("utm_medium", "equals", "organic", "Busca orgânica", "organic")
    rule("utm_medium", "matches", "^social", "Redes sociais", "organic")
    rule("utm_medium", "one_of", ["email", "e-mail", "newsletter"], "E-mail", "other")
    rule("utm_medium", "one_of", ["referral", "indicação"], "Indicação", "referral")
    rule("utm_campaign", "contains", "google", "Google Ads", "paid")
    rule("utm_campaign", "matches", "meta|facebook|instagram", "Meta Ads", "paid")
    rule("utm_campaign", "contains", "remarketing", "Mídia paga", "paid")
    rule("source_name", "matches", "whats ?app", "WhatsApp", "other")
    rule("source_name", "contains", "instagram", "Instagram", "organic")
    rule("source_name", "matches", "facebook|messenger", "Facebook", "organic")
    rule("source_name", "matches", "site|form", "Site", "organic")
    rule("tag", "matches", "^indica", "Indicação", "referral")
    rule("tag", "matches", "outbound|prospec", "Outbound", "outbound")
    rule("pipeline", "matches", "indica|parceir", "Indicação", "referral")
    rule("pipeline", "matches", "outbound|prospec", "Outbound", "outbound")
    rule("pipeline", "matches", "inbound", "Site", "organic")
    rule("referrer", "contains", "google", "Google orgânico", "organic")
    rule("referrer", "matches", "facebook|instagram", "Redes sociais", "organic")
    rule("referrer", "present", "", "Outro site", "referral")
    return made


DEFAULTS: list[Rule] = _rules()
