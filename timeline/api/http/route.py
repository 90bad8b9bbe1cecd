"""The description of a handler's operations: a Route for each, from which the OpenAPI document is assembled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from timeline.api.http.media_types import JSON
from timeline.api.params.tables import QueryParameter

_OPT_KEY = "dateline.routes"


class HeaderParameter(NamedTuple):
    """A request header that an operation reads."""

    name: str
    meaning: str


class RequestBody(NamedTuple):
    """A request body: its media types, and a component's name (`#/components/schemas/…`) or a schema."""

    media_types: tuple[str, ...]
    schema: str | dict[str, Any] = "Change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation of a handler.

    `schema` is the component of the OpenAPI document that describes the response with `status`, unless `schemas` has
    another one for its media type. `operation` is its operationId (made of the path if None), `path` its address
    where routing uses another pattern. `key`: the operation needs a key.
    """

    summary: str
    parameters: Sequence[QueryParameter] = ()
    media_types: tuple[str, ...] = (JSON,)
    schema: str = "Document"
    schemas: Mapping[str, str] = field(default_factory=dict)
    tag: str = "Description"
    operation: str | None = None
    path: str | None = None
    status: int = 200
    headers: tuple[HeaderParameter, ...] = ()
    bodies: tuple[RequestBody, ...] = ()
    key: bool = False


def described(*routes: Route) -> dict[str, Any]:
    """Return the `opt` of a Litestar handler: its routes."""
    return {_OPT_KEY: routes}


def routes_of(handler: Any) -> tuple[Route, ...]:
    """Return the routes that a Litestar handler describes; none for assets and redirects."""
    routes: tuple[Route, ...] = handler.opt.get(_OPT_KEY, ())
    return routes
