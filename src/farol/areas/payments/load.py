"""Which files are payment facts: their columns under the names people give them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.payments.checks import RELAXED_BY_REPLACING
from farol.areas.payments.marts import GRAIN
from farol.connectors.files.load import load_files
from farol.connectors.files.spec import Field, FileSpec, Kind
from farol.engines.sources.loader import Loader, LoadOutcome, LoadRequest, Progress

FIELDS = (
    Field(
        "day",
        "day",
        Kind.DAY,
        ("dia", "data", "date", "dt", "data_transacao", "data_da_transacao", "reference_date", "data_referencia"),
    ),
    Field("entity", "entity", Kind.TEXT, ("entidade", "tipo_entidade", "tipo_de_entidade", "tipo_pessoa", "pf_pj")),
    Field("product", "product", Kind.TEXT, ("produto",)),
    Field(
        "price_tier",
        "price_tier",
        Kind.TEXT,
        ("faixa_de_preco", "faixa_preco", "faixa", "tier", "nivel_de_preco", "plano"),
    ),
    Field(
        "anticipation_method",
        "anticipation_method",
        Kind.TEXT,
        ("metodo_de_antecipacao", "metodo_antecipacao", "antecipacao", "tipo_antecipacao", "anticipation"),
    ),
    Field(
        "payment_method",
        "payment_method",
        Kind.TEXT,
        (
            "metodo_de_pagamento",
            "metodo_pagamento",
            "meio_de_pagamento",
            "meio_pagamento",
            "forma_de_pagamento",
            "forma_pagamento",
        ),
    ),
    Field(
        "installments",
        "installments",
        Kind.COUNT,
        ("parcelas", "numero_de_parcelas", "num_parcelas", "qtd_parcelas", "installment"),
    ),
    Field(
        "amount_transacted",
        "amount_centavos",
        Kind.MONEY,
        ("tpv", "valor", "valor_transacionado", "valor_total", "volume", "amount", "montante", "total_amount"),
    ),
    Field(
        "quantity_transactions",
        "quantity_transactions",
        Kind.COUNT,
        (
            "transacoes",
            "qtd_transacoes",
            "qtde_transacoes",
            "quantidade_transacoes",
            "quantidade_de_transacoes",
            "numero_de_transacoes",
            "transactions",
            "tx",
        ),
    ),
    Field(
        "quantity_of_merchants",
        "quantity_of_merchants",
        Kind.COUNT,
        (
            "estabelecimentos",
            "qtd_estabelecimentos",
            "quantidade_de_estabelecimentos",
            "lojistas",
            "qtd_lojistas",
            "quantidade_de_lojistas",
            "clientes",
            "qtd_clientes",
            "merchants",
            "quantity_merchants",
        ),
    ),
    Field(
        "merchant",
        "merchant",
        Kind.TEXT,
        ("lojista", "estabelecimento", "merchant_id", "id_lojista", "id_estabelecimento"),
        False,
        "",
    ),
    Field(
        "fee_amount",
        "fee_centavos",
        Kind.MONEY,
        ("fee", "fees", "tarifa", "taxa", "valor_taxa", "receita", "mdr"),
        False,
    ),
    Field("cost_amount", "cost_centavos", Kind.MONEY, ("cost", "costs", "custo", "valor_custo"), False),
    Field(
        "chargeback_amount",
        "chargeback_centavos",
        Kind.MONEY,
        ("chargeback", "chargebacks", "contestacao", "valor_chargeback"),
        False,
    ),
)
SPEC = FileSpec(_("Payments"), FIELDS, GRAIN)


def load(request: LoadRequest, run: str, progress: Progress) -> LoadOutcome:
    """Load payment facts from files or from a PostgreSQL table."""
    return load_files("payments", SPEC, request, run, progress, RELAXED_BY_REPLACING)


LOADERS = [
    Loader(
        "payments",
        _("Payments"),
        "payments",
        "upload.payments",
        load,
        _("Load daily payment facts from CSV (plain or .gz) or XLSX files."),
    )
]
