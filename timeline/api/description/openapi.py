"""The OpenAPI 3.0 document, assembled from the routes that the handlers describe.

OpenAPI 3.0 and not 3.1, since OGC API Features 1.0 conforms to `oas30`, which GDAL and OWSLib read.
"""

import re
from importlib.metadata import version
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.datastructures import State
from litestar.routes import HTTPRoute

from timeline.api.description.components import PROBLEM_RESPONSE, SECURITY_SCHEMES, schemas
from timeline.api.description.documents import OPENAPI
from timeline.api.http.answers import send
from timeline.api.http.media_types import HTML
from timeline.api.http.query import read_query
from timeline.api.http.route import RequestBody, Route, routes_of
from timeline.api.params.tables import FORMAT, QueryParameter

_TAGS = ("Events", "Editing", "Places", "Description", "Operations")
_PATH_PARAMETER = re.compile(r"{(\w+)}")
_TEXT_PATH_PARAMETERS = ("id", "version", "import")  # the others are whole numbers
_METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
_PROBLEM = {"$ref": "#/components/responses/Problem"}

Operations = dict[str, dict[str, Any]]


@get("/openapi.json", name="openapi", sync_to_thread=True)
def openapi(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return the OpenAPI document of this application."""
    query = read_query(request, (FORMAT,))
    settings = query.context.settings
    document = openapi_document(request.app, settings.title, settings.description, query.base or "/")
    return send(msgspec.json.encode(document), OPENAPI)


def openapi_document(app: Litestar, title: str, description: str, server: str) -> dict[str, Any]:
    """Return the document of an application for a server address."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": title,
            "description": description,
            "version": version("dateline"),
            "license": {"name": "MIT", "url": "https://opensource.org/license/mit"},
        },
        "tags": [{"name": name} for name in _TAGS],
        "servers": [{"url": server}],
        "paths": _paths(app),
        "components": {
            "schemas": schemas(),
            "responses": {"Problem": PROBLEM_RESPONSE},
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def _paths(app: Litestar) -> dict[str, Operations]:
    """Return the operations by path and method, sorted: Litestar's order of routes differs between processes."""
    paths: dict[str, Operations] = {}
    for litestar_route in app.routes:
        if not isinstance(litestar_route, HTTPRoute):
            continue
        for handler in litestar_route.route_handlers:
            method = next(name for name in _METHODS if name.upper() in handler.http_methods)
            for route in routes_of(handler):
                path = route.path or litestar_route.path_format
                paths.setdefault(path, {})[method] = _operation(path, route)
    return {
        path: {method: paths[path][method] for method in _METHODS if method in paths[path]}
        for path in sorted(paths)
    }


def _operation(path: str, route: Route) -> dict[str, Any]:
    response: dict[str, Any] = {"description": route.summary}
    if route.media_types:
        response["content"] = {media_type: _content(media_type, route) for media_type in route.media_types}
    operation: dict[str, Any] = {
        "operationId": route.operation or _operation_id(path),
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": [
            *_path_parameters(path),
            *_header_parameters(route),
            *map(_parameter, route.parameters),
        ],
        "responses": {str(route.status): response, "default": _PROBLEM},
    }
    if route.key:
        operation["security"] = [{"Key": []}]
    if route.bodies:
        operation["requestBody"] = {"required": True, "content": _body_content(route.bodies)}
    return operation


def _operation_id(path: str) -> str:
    """Return a name made of the path without its parameters: `/tiles/{z}/{x}/{y}` is `tiles`."""
    return re.sub(r"[/.]", "_", re.sub(r"/{\w+}", "", path).strip("/"))


def _content(media_type: str, route: Route) -> dict[str, Any]:
    if media_type == HTML:
        return {"schema": {"type": "string"}}
    return {"schema": {"$ref": f"#/components/schemas/{route.schemas.get(media_type, route.schema)}"}}


def _body_content(bodies: tuple[RequestBody, ...]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for body in bodies:
        schema = body.schema
        if isinstance(schema, str):
            schema = {"$ref": f"#/components/schemas/{schema}"}
        content |= {media_type: {"schema": schema} for media_type in body.media_types}
    return content


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string" if name in _TEXT_PATH_PARAMETERS else "integer"},
        }
        for name in _PATH_PARAMETER.findall(path)
    ]


def _header_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {
            "name": header.name,
            "in": "header",
            "description": header.meaning,
            "required": False,
            "schema": {"type": "string"},
        }
        for header in route.headers
    ]


def _parameter(parameter: QueryParameter) -> dict[str, Any]:
    schema = dict(parameter.schema)
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.meaning,
        "required": parameter.required,
        "schema": schema,
    }
    if schema["type"] == "array":
        described |= {"style": "form", "explode": False}
    return described
