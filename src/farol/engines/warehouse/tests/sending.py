"""Small files of payments, loaded into whatever warehouse is set."""

from __future__ import annotations

from farol.areas.payments.load import load
from farol.engines.sources.loader import FileToLoad, LoadRequest, silent
from farol.engines.warehouse import open_reader

HEADER = (
    "day,entity,product,price_tier,anticipation_method,payment_method,installments,"
    "amount_transacted,quantity_transactions,quantity_of_merchants,note\n"
)


def send(tmp_path, *amounts: str, day: str = "2025-02-14"):
    path = tmp_path / "facts.csv"
    rows = [f'{day},PJ,pix,normal,Pix,x,{i + 1},{a},2,1,"a ""quoted"", note"' for i, a in enumerate(amounts)]
    path.write_text(HEADER + "\n".join(rows) + "\n")
    return load(LoadRequest((FileToLoad(path, path.name),)), "1", silent)


def amounts() -> list[int]:
    with open_reader("payments") as reader:
        return [
            r[0]
            for r in reader.rows(f"SELECT amount_centavos FROM {reader.table('kpi_daily')} ORDER BY day, installments")
        ]
