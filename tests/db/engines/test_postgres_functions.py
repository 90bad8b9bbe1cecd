"""The functions in PostgreSQL give what their twins in Python give, for every character of Unicode and random texts."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chance import examples
from databases import databases_of, skip_reason
from filter_oracle import lats, lons
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from db.engines import backend_of, connect
from db.query.folding import accenti, casei
from geo.sphere import distance_km

pytestmark = pytest.mark.skipif(
    skip_reason("postgres") is not None, reason=f"postgres: {skip_reason('postgres')}"
)
_CHARACTERS = [chr(code) for code in range(1, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
_FOLDS: list[tuple[str, Callable[[str | None], str | None]]] = [("casei", casei), ("accenti", accenti)]
_texts = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
        st.text("aÀßſςΣµŉİıǰẞЖжΐﬁ\u0301\u0345\u0327 Ǆ東한ก'\\%", max_size=12),
    ),
    min_size=1,
    max_size=50,
)


@pytest.fixture(scope="module")
def connection(shared_folder: Path) -> Iterator[Connection]:
    """Yield a connection to a database with the functions."""
    databases = databases_of("postgres", shared_folder)
    url = databases.new()
    engine = connect(url, 60)
    with engine.connect() as opened, opened.begin():
        yield opened
    engine.dispose()
    databases.drop(url)


def _folded(connection: Connection, function: str, texts: list[str]) -> list[str]:
    sql = f"SELECT {function}(text) FROM unnest(?::text[]) WITH ORDINALITY AS u(text, n) ORDER BY n"
    return [text for (text,) in backend_of(connection).rows(connection, sql, (texts,))]


@pytest.mark.parametrize(("function", "twin"), _FOLDS)
def test_a_character_that_folds_is_folded_alone(
    connection: Connection, function: str, twin: Callable[[str | None], str | None]
) -> None:
    changing = [text for text in _CHARACTERS if twin(text) != text or text.lower() != text]
    assert _folded(connection, function, changing) == [twin(text) for text in changing]


@pytest.mark.parametrize(("function", "twin"), _FOLDS)
def test_no_other_character_changes(
    connection: Connection, function: str, twin: Callable[[str | None], str | None]
) -> None:
    # With a letter between them, so that none combines with the next.
    texts = ["x".join(_CHARACTERS[at : at + 256]) for at in range(0, 0x32000, 256)]
    assert _folded(connection, function, texts) == [twin(text) for text in texts]


@pytest.mark.parametrize(("function", "twin"), _FOLDS)
@given(texts=_texts)
@examples(100)
def test_random_texts_are_folded_as_in_python(
    connection: Connection, function: str, twin: Callable[[str | None], str | None], texts: list[str]
) -> None:
    assert _folded(connection, function, texts) == [twin(text) for text in texts]


@given(st.lists(st.tuples(lons, lats, lons, lats), min_size=1, max_size=50))
@examples(100)
def test_distances_are_those_of_python(
    connection: Connection, pairs: list[tuple[float, float, float, float]]
) -> None:
    sql = "SELECT distance_km(?::float8, ?::float8, ?::float8, ?::float8)"
    for pair in pairs:
        ((distance,),) = backend_of(connection).rows(connection, sql, pair)
        assert distance == pytest.approx(distance_km(*pair), rel=1e-12, abs=1e-9)


@pytest.mark.parametrize(
    "title", ["Razzia in Zürich", "Groß-Umstadt", "Обыск в Москве", "Έρευνα στην Αθήνα", "İzmir"]
)
def test_titles_are_folded_fast_enough_for_a_filter_of_all_events(connection: Connection, title: str) -> None:
    rare = "İ" in title  # such titles are few
    texts = [title] * (500 if rare else 20_000)
    began = time.perf_counter()
    _folded(connection, "casei", texts)
    assert (time.perf_counter() - began) / len(texts) < (5e-3 if rare else 30e-6)
