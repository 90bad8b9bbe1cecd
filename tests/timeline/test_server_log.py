"""The log of a server: bounded, and one line for each message."""

import logging
from collections.abc import Iterator

import pytest

from timeline.server_log import MAX_LOG_MESSAGE_CHARACTERS, MAX_LOG_MESSAGES_PER_MINUTE, BoundedLog


@pytest.fixture
def logger(caplog: pytest.LogCaptureFixture) -> Iterator[logging.Logger]:
    """Yield a logger whose messages are bounded."""
    bounded = BoundedLog()
    caplog.handler.addFilter(bounded)
    yield logging.getLogger("dateline.test")
    caplog.handler.removeFilter(bounded)


def test_a_client_cannot_write_lines_of_its_own(
    logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    logger.error("path %s", "/a\r\nERROR root was changed\x1b[2J\u202e")
    assert caplog.messages == [r"path /a\r\nERROR root was changed\x1b[2J\u202e"]


def test_a_long_message_is_cut(logger: logging.Logger, caplog: pytest.LogCaptureFixture) -> None:
    logger.error("a" * 1_000_000)
    assert len(caplog.messages[0]) == MAX_LOG_MESSAGE_CHARACTERS + 1


def test_messages_beyond_the_limit_are_dropped_and_counted(
    logger: logging.Logger, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("timeline.server_log.time.monotonic", lambda: 60.0)
    for number in range(MAX_LOG_MESSAGES_PER_MINUTE + 7):
        logger.error("failure %d", number)
    assert len(caplog.messages) == MAX_LOG_MESSAGES_PER_MINUTE
    monkeypatch.setattr("timeline.server_log.time.monotonic", lambda: 120.0)
    logger.error("next")
    assert caplog.messages[-1] == "next (7 earlier messages were dropped)"
