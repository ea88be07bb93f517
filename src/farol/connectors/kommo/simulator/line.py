"""How answers leave: whole, compressed, or in the ways a bad line has."""

from __future__ import annotations

import gzip
import secrets
import socket
import struct
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from farol.connectors.kommo.simulator.answers import Answer

SMALLEST_COMPRESSED = 1000
DRIP = 0.05


class Server(ThreadingHTTPServer):
    """A caller that is gone is no error of the server's."""

    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def deliver(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    """Send `answer`, or what its fault leaves of it."""
    kind = answer.line.kind if answer.line else ""
    content, headers = answer.content, dict(answer.headers)
    if kind == "cut_gzip" or (
        "gzip" in handler.headers.get("Accept-Encoding", "") and len(content) > SMALLEST_COMPRESSED
    ):
        content, headers["Content-Encoding"] = gzip.compress(content, 1), "gzip"
    if kind == "hang" and answer.line:
        time.sleep(answer.line.seconds)
        handler.close_connection = True
        return
    if kind in ("truncated", "cut_gzip"):
        content = content[: len(content) // 2]
    handler.send_response(answer.status)
    handler.send_header("X-Request-Id", secrets.token_hex(6))
    for name, value in headers.items():
        handler.send_header(name, value)
    if answer.status == 204:
        handler.end_headers()
        return
    handler.send_header("Content-Type", answer.kind)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    if kind == "reset":
        _reset(handler, content)
    elif kind == "drip" and answer.line:
        _drip(handler, content, answer.line.seconds)
    else:
        handler.wfile.write(content)


def _reset(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    """Half the body, then the connection is torn down."""
    handler.wfile.write(content[: len(content) // 2])
    handler.wfile.flush()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def _drip(handler: BaseHTTPRequestHandler, content: bytes, seconds: float) -> None:
    """Byte after byte, so that no single read is late while the whole is."""
    end = time.monotonic() + seconds
    for byte in content:
        if time.monotonic() > end:
            break
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(DRIP)
    handler.close_connection = True
