"""Where the record of a text reference stands, for rooms below that only know the text."""

from __future__ import annotations

from farol.engines.workflow.module import module_of, record_of


def place(reference: str) -> tuple[str, str] | None:
    """Number and address of `warranties:17`; None for what is of no module, or gone. Who may see it, its page says."""
    module, record = module_of(reference), record_of(reference)
    return (str(record.number), module.url(record)) if module and record else None


REFERENCES = [place]
