"""Structured log lines that carry the request id."""

from __future__ import annotations

import logging

from pythonjsonlogger.json import JsonFormatter as BaseJsonFormatter

from farol.platform.web.middleware import request_id


class RequestFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class JsonFormatter(BaseJsonFormatter):
    """One JSON object a line; line breaks inside values are escaped by JSON itself."""


class TextFormatter(logging.Formatter):
    """One line a record, whatever the values hold."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s [%(request_id)s]")

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).replace("\r", "\\r").replace("\x1b", "\\x1b")
