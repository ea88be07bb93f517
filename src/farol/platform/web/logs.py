"""Structured log lines that carry the request id."""

from __future__ import annotations

import logging

from pythonjsonlogger.json import JsonFormatter as BaseJsonFormatter

from farol.platform.operation.redaction import redact
from farol.platform.web.middleware import request_id


class RequestFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class JsonFormatter(BaseJsonFormatter):
    """One JSON object a line, without secrets; line breaks inside values are escaped by JSON itself."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class TextFormatter(logging.Formatter):
    """One line a record, whatever the values hold, and an indented traceback below; without secrets."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s [%(request_id)s]")

    def format(self, record: logging.LogRecord) -> str:
        text = redact(super().format(record)).replace("\r", "\\r").replace("\x1b", "\\x1b")
        return text.replace("\n", "\n    ")

    def formatMessage(self, record: logging.LogRecord) -> str:
        return super().formatMessage(record).replace("\n", "\\n")
