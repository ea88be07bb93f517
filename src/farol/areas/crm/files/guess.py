"""What the headers and the words of somebody's files probably mean; a person confirms it."""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from farol.areas.crm.files.mapping import FIELDS
from farol.connectors.files.layout import find_layout, records
from farol.connectors.files.read import plain_file
from farol.connectors.files.spec import FileSpec
from farol.engines.sources.loader import FileToLoad
from farol.platform.tables.names import normal

PREVIEW = 10
MOST_WORDS = 40
SAME = {
    "id": "codigo opportunity_id deal_id lead_id id_do_lead id_do_negocio numero mql_id negocio_id",
    "name": "nome titulo title account cliente empresa lead negocio",
    "responsible": "responsavel vendedor sales_agent owner agente usuario_responsavel sr_id atendente",
    "stage": "etapa status deal_stage situacao fase status_do_lead",
    "created": "criado criado_em created_on created_at data_de_criacao data_criacao first_contact_date entrada",
    "closed": "fechado fechado_em close_date closed_at data_de_fechamento data_fechamento won_date encerramento",
    "value": "valor close_value price preco venda valor_da_venda orcamento amount receita",
    "product": "produto segmento business_segment interesse",
    "pipeline": "funil pipeline_name",
    "source": "origem origin fonte canal lead_source",
    "lead": "lead_id id_do_lead mql_id lead",
    "loss_reason": "motivo_da_perda motivo_de_perda motivo_perda motivo razao_da_perda",
    "cost": "custo custo_do_lead lead_cost",
    "tags": "tag etiquetas",
    "origin": "origem_lead origem_do_lead",
    "referrer": "pagina_de_origem",
    "team": "equipe time regional_office filial regiao",
}
OUTCOME_WORDS = {
    "won": "won ganho ganha venda_ganha fechado_ganho closed_won vendido vendida fechado_e_ganho success",
    "lost": "lost perdido perdida venda_perdida fechado_perdido closed_lost fechado_e_perdido nao_realizada",
}


@dataclass(frozen=True)
class Look:
    """The first rows of a file, and how often each word of one column comes."""

    headers: tuple[str, ...]
    rows: list[list[str]]
    words: Counter[str]


def look_at(file: FileToLoad, column: str | None) -> Look:
    """`BadInput` for a file that cannot be read. `words` are those of `column`, at most `MOST_WORDS` of them."""
    with tempfile.TemporaryDirectory(dir=settings.FAROL_HOME) as work:
        plain = plain_file(file, Path(work), None, lambda _size: None)
        layout = find_layout(plain, FileSpec("", (), ()), None)
        cells = (row for _line, row in itertools.islice(records(plain.path, layout.delimiter), 1, None))
        rows = list(itertools.islice(cells, PREVIEW))
        words: Counter[str] = Counter()
        if column in layout.headers:
            place = layout.headers.index(column)
            for row in itertools.chain(rows, cells):
                words[row[place].strip() if place < len(row) else ""] += 1
    del words[""]
    return Look(layout.headers, rows, Counter(dict(words.most_common(MOST_WORDS))))


def columns_of(table: str, headers: Iterable[str]) -> dict[str, str]:
    """Field -> header, each header once (but the number of a lead may be the number of its deal too)."""
    found: dict[str, str] = {}
    by_name = {normal(header): header for header in reversed(list(headers))}
    for name in FIELDS[table]:
        same = SAME["responsible"] if (table, name) == ("users", "name") else SAME.get(name, "")
        for alias in (name, *same.split()):
            header = by_name.get(alias)
            if header and (header not in found.values() or (name == "lead" and found.get("id") == header)):
                found[name] = header
                break
    return found


def outcome_word(word: str) -> str:
    """won, lost or open."""
    plain = normal(word)
    return next((outcome for outcome, words in OUTCOME_WORDS.items() if plain in words.split()), "open")
