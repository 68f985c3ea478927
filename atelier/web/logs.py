"""Log lines: one JSON object a line, and one line a request.

A line never holds query strings, typed values or names of files: a request is told by
the pattern of its route and the numbers in it.
"""

from __future__ import annotations

import json
import logging
import secrets
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID: Final[ContextVar[str]] = ContextVar("request_id", default="")

_requests = logging.getLogger("atelier.requests")
_as_json = json.JSONEncoder(default=str).encode


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON; all but printable ASCII is escaped.

    `extra={"facts": {...}}` of a record joins the line.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line, without its end."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if REQUEST_ID.get():
            line["request"] = REQUEST_ID.get()
        line.update(getattr(record, "facts", {}))
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        # DEL is the one control character that JSON and ASCII leave alone.
        return _as_json(line).replace("\x7f", "\\u007f")


def json_handler(level: int | str = logging.INFO) -> logging.Handler:
    """A handler to standard error that writes JSON lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    handler.setLevel(level)
    return handler


class RequestLog:
    """Gives each request a number, tells it in `X-Request-Id`, writes one line at its end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number, status = secrets.token_hex(8), 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", number.encode()),
                ]
            await send(message)

        began, token = time.perf_counter(), REQUEST_ID.set(number)
        try:
            await self._app(scope, receive, noted)
        finally:
            _write_line(scope, status, time.perf_counter() - began)
            REQUEST_ID.reset(token)


def _write_line(scope: Scope, status: int, seconds: float) -> None:
    route = scope.get("route")
    facts: dict[str, object] = {
        "method": scope["method"],
        "route": getattr(route, "path", None),
        "status": status,
        "milliseconds": round(seconds * 1000, 1),
    }
    numbers = {
        name: value
        for name, value in scope.get("path_params", {}).items()
        if isinstance(value, int)
    }
    # Made here: `Logger.info` walks the stack for a line of source that nobody is told.
    record = logging.LogRecord(_requests.name, logging.INFO, __file__, 0, "request", None, None)
    record.facts = facts | {"ids": numbers} if numbers else facts
    if _requests.isEnabledFor(record.levelno):
        _requests.handle(record)
