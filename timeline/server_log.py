"""The log of a server process: no client can fill it, or write lines of its own into it."""

import logging
import re
import time
from collections.abc import Iterable

MAX_LOG_MESSAGES_PER_MINUTE = 300
MAX_LOG_MESSAGE_CHARACTERS = 4_000
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class BoundedLog(logging.Filter):
    """Drops messages beyond a number a minute and says how many; escapes control characters and cuts long messages."""

    def __init__(self) -> None:
        super().__init__()
        self._minute, self._messages = 0, 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to write a message, with a single line for text that may come from a client."""
        minute = int(time.monotonic() // 60)
        dropped = 0
        if minute != self._minute:
            dropped = max(0, self._messages - MAX_LOG_MESSAGES_PER_MINUTE)
            self._minute, self._messages = minute, 0
        self._messages += 1
        if self._messages > MAX_LOG_MESSAGES_PER_MINUTE:
            return False
        note = f" ({dropped:,} earlier messages were dropped)" if dropped else ""
        record.msg, record.args = one_line(record.getMessage()) + note, ()
        return True


def one_line(message: str) -> str:
    """Return a message without line breaks and other control characters, cut at MAX_LOG_MESSAGE_CHARACTERS."""
    if len(message) > MAX_LOG_MESSAGE_CHARACTERS:
        message = message[:MAX_LOG_MESSAGE_CHARACTERS] + "…"
    return _CONTROLS.sub(lambda match: match[0].encode("unicode_escape").decode(), message)


def bound_log() -> None:
    """Bound everything that this process logs from now on, with one limit for all loggers."""
    bounded = BoundedLog()
    for handler in _handlers():
        handler.addFilter(bounded)


def _handlers() -> Iterable[logging.Handler]:
    loggers = (logging.getLogger(name) for name in ("", *logging.root.manager.loggerDict))
    return {handler for logger in loggers for handler in logger.handlers}
