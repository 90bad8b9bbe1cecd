"""The vocabulary of categories."""

from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State

from db.query.results import Stamp
from timeline.api.events.summary import write_document
from timeline.api.http.answers import cached
from timeline.api.http.media_types import HTML, JSON
from timeline.api.http.query import read_query
from timeline.api.http.route import Route, described
from timeline.api.params.tables import DOCUMENT


@get(
    "/categories",
    name="categories",
    sync_to_thread=True,
    opt=described(
        Route(summary="The vocabulary", media_types=(JSON, HTML), parameters=DOCUMENT, tag="Events")
    ),
)
def categories(request: Request[Any, Any, State]) -> Response[bytes]:
    """List the vocabulary: slug, label in the language of the request, all labels, colour and shape."""
    query = read_query(request, DOCUMENT)

    def make() -> tuple[bytes, str, Stamp]:
        stamp = query.context.store.stamp()  # before the rows are read: they may be newer, but not older
        vocabulary = query.context.store.categories(hidden=query.editor is not None).values()
        rows = [
            {
                "slug": category.slug,
                "label": category.labels.get(query.lang) or category.labels.get("en") or category.slug,
                "labels": category.labels,
                "color": category.color,
                "shape": category.shape,
            }
            for category in vocabulary
        ]
        return (*write_document(query, "Categories", {"categories": rows}), stamp)

    return cached(request, query, make)
