"""The extensions of ASGI (https://asgi.readthedocs.io/en/latest/extensions.html) that our server offers."""

ABORT = "dateline.abort"
"""A function without arguments that drops the connection at once, with what was not sent yet."""
