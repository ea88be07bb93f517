"""Names and dictionaries of the made-up shop."""

from __future__ import annotations

from typing import Any

SELLERS = (
    (9000001, "Samuel Tavares", "vendas@farol.example"),
    (9000002, "Ana Beatriz Souza", "ana.souza@loja.example"),
    (9000003, "João Pedro Araújo", "joao.araujo@loja.example"),
    (9000004, "Conceição Gonçalves", "conceicao@loja.example"),
    (9000005, "Íris Nóbrega", "iris@loja.example"),
    (9000006, "Caio Müller", "caio@loja.example"),
)
GONE_SELLER, DELETED_SELLER = 9000007, 9000099
FIRST = ("Bruno", "Letícia", "Antônio", "Marília", "Zé", "Thaís", "Luís", "Débora", "Davi", "Inês", "Otávio", "Núbia")
LAST = ("Lima", "Sá", "Conceição", "D'Ávila", "Araújo", "Brandão", "Quintão", "Peçanha", "Rocha", "Falcão")
# text that a page, a sheet or a PDF must take as text
HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x.example")',
    "Olá 🙂 ₢ \u202eoãs",
    "'; DROP TABLE lead; --",
)
PRODUCTS = (("Plano anual", 4200), ("Plano mensal", 390), ("Kit instalação", 1850), ("Projeto sob medida", 16500))
REASONS = ("Preço", "Sem retorno", "Escolheu concorrente", "Sem orçamento", "Prazo de entrega", "Fora do perfil")
# name, share of the leads, chance of winning, custom fields of the lead
CHANNELS: tuple[tuple[str, float, float, dict[str, str]], ...] = (
    ("google_ads", 0.26, 0.24, {
        "utm_source": "google", "utm_medium": "cpc", "utm_campaign": "marca", "utm_term": "loja simulada",
        "utm_content": "texto-a", "gclid": "Cj0",
    }),
    ("meta", 0.22, 0.16, {
        "utm_source": "facebook", "utm_medium": "paid", "utm_campaign": "remarketing", "utm_content": "video-b",
    }),
    ("organic", 0.16, 0.30, {"utm_source": "google", "utm_medium": "organic"}),
    ("referral", 0.12, 0.44, {"Origem Lead": "Indicação"}),
    ("instagram", 0.12, 0.21, {"Origem Lead": "instagran"}),
    ("outbound", 0.08, 0.12, {"Origem Lead": "Prospecção ativa"}),
    ("unknown", 0.04, 0.15, {}),
)  # fmt: skip
CALLED = ("Pediu a proposta até sexta", "Vai falar com o sócio", "Ligar de novo amanhã, (11) 98888-7777", None)
COLLAPSING = "meta"
MAIN, SECOND, OLD = 12000100, 12000200, 12000300
INCOMING, FIRST_CONTACT, QUALIFIED, MEETING, PROPOSAL, NEGOTIATION = range(94000001, 94000007)


def _status(pipeline: int, number: int, name: str, sort: int, kind: int = 0) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "sort": sort,
        "pipeline_id": pipeline,
        "type": kind,
        "is_editable": number > 143,
    }


def _pipeline(
    number: int, name: str, stages: list[tuple[int, str]], *, won: str = "Venda ganha", **more: Any
) -> dict[str, Any]:
    statuses = [_status(number, stages[0][0], stages[0][1], 10, 1)]
    statuses += [_status(number, stage, label, 20 + 10 * at) for at, (stage, label) in enumerate(stages[1:])]
    statuses += [_status(number, 142, won, 10000), _status(number, 143, "Venda perdida", 11000)]
    values = {"id": number, "name": name, "sort": number % 1000 // 100, "is_main": False, "is_archive": False}
    return values | more | {"account_id": 31000001, "_embedded": {"statuses": statuses}}


def pipelines() -> list[dict[str, Any]]:
    """The shop's own, one whose won stage has another name and whose ordinary stage is called lost, an archived one."""
    main = [
        (INCOMING, "Leads de entrada"),
        (FIRST_CONTACT, "Contato inicial"),
        (QUALIFIED, "Qualificação"),
        (MEETING, "Apresentação"),
        (PROPOSAL, "Proposta enviada"),
        (NEGOTIATION, "Negociação"),
    ]
    second = [(94000011, "Leads de entrada"), (94000012, "Visita"), (94000013, "Perdido"), (94000014, "Contrato")]
    return [
        _pipeline(MAIN, "Comercial", main, is_main=True),
        _pipeline(SECOND, "Revenda", second, won="Fechado"),
        _pipeline(OLD, "Funil antigo", [(94000021, "Entrada"), (94000022, "Em andamento")], is_archive=True),
    ]


def users() -> list[dict[str, Any]]:
    """Sellers, one of them without access by now; who was deleted is not among them."""
    people = [(number, name, email, True) for number, name, email in SELLERS]
    people.append((GONE_SELLER, "Renata Gomes", "renata@loja.example", False))
    return [
        {
            "id": number, "name": name, "email": email, "lang": "pt",
            "rights": {"is_admin": number == 9000001, "is_active": active, "group_id": None if number % 2 else 500101},
            "_embedded": {"roles": [], "groups": []},
        }
        for number, name, email, active in people
    ]  # fmt: skip


def _field(number: int, entity: str, name: str, kind: str, code: str | None = None) -> dict[str, Any]:
    return {"id": number, "name": name, "type": kind, "code": code, "entity_type": entity, "sort": number % 1000}


def custom_fields() -> list[dict[str, Any]]:
    tracking = (
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "utm_content",
        "utm_term",
        "utm_referrer",
        "gclid",
        "fbclid",
    )
    fields = [_field(1900010 + at, "leads", name, "tracking_data", name.upper()) for at, name in enumerate(tracking)]
    fields += [
        _field(1900020, "leads", "Produto", "select"),
        _field(1900021, "leads", "Origem Lead", "text"),
        _field(1900022, "leads", "Custo", "numeric"),
        _field(1800001, "contacts", "Telefone", "multitext", "PHONE"),
        _field(1800002, "contacts", "E-mail", "multitext", "EMAIL"),
    ]
    return fields


FIELDS = {field["name"]: field for field in custom_fields()}


def filled(name: str, value: Any) -> dict[str, Any]:
    """A custom field of a record with one value."""
    field = FIELDS[name]
    return {
        "field_id": field["id"], "field_name": name, "field_code": field["code"], "field_type": field["type"],
        "values": [{"value": value, "enum_id": None, "enum_code": None}],
    }  # fmt: skip
