"""Random events with odd texts, places and dates, random edits of them, and random questions about them."""

from dataclasses import replace
from typing import Any

import msgspec
from cql_oracle import expressions
from edtf_strategies import edtf
from filter_oracle import SEARCHES, WORDS, drafts, filters, lats, lons
from hypothesis import strategies as st
from msgspec import structs

from db.dates.edtf import When
from db.events.draft import Draft, Figure, LookedUpText
from db.query.cql_parser import parse
from db.query.filter import Filter
from geo.place import Place, Precision

IDS = [f"e{number:02}" for number in range(10)]
ODD_IDS = ("E00", "e'00", 'e"00', "e\\00", "é00", "%", "_", "𝔢00", "e 00", "e00\u0301")
_ODD_TEXTS = (
    "o'Neill \\ back\\slash", '"quoted" “curly”', "a%b_c", "ﬁnal ß ŉ İ ı Σς", "e\u0301 é", "𝔘𝔫𝔦 👩‍👩‍👧 🇳🇱",
    "東京都 한국 ภาษาไทย",
    "x" * 700, "é" * 1_200, "w" * 2_500, "\u202eright\u200f to left", "tab\tand\nnew line", "a-b–c—d a.b/c 3.5",
    "l'Hospitalet·x",
    "🏴\U000e0067\U000e0062", "\ue000 \ue001", "&<>", "ŀ", "NULL", "\\N", "{a,b}", "Ǆ ǅ ǆ", "\u0345\u03b9",
    "\u00a0nbsp\u2028",
)  # fmt: skip
_ODD_SEARCHES = (
    "o'neill", '"back slash"', "\\", "a\\", "nu\0ll", "\0", "final", "ss", "é*", '"e e"', "x" * 700, "é" * 1_200,
    "wwww*", "ภา", "국",
    "'", '"', "3.5", '"3 5"', "a:*", "a & b", "!a", "(a", "<->", "hospitalet", "lhospitalet", "\\'", "%", "\ue000",
    "한국", "İ",
    "raid -two", "🏴*", '"right to le*"', '"tab and new"', "ǆ", "ι",
)  # fmt: skip
_EDGES = (
    (180.0, 0.0), (-180.0, 0.0), (179.99999, -16.5), (-179.99999, -16.5), (0.0, 90.0), (12.5, -90.0), (-0.0, 0.0),
    (4.35, 50.85),
)  # fmt: skip
_DATES = (
    "-9999",
    "-9999-01-01/9999-12-31",
    "9999-12-31",
    "../-0044",
    "0000",
    "2020/..",
    "../..",
    "Y-1000000",
    "Y170000002",
    "1950S2",
)
_texts = st.one_of(
    st.sampled_from(_ODD_TEXTS),
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40
    ).filter(str.strip),
)


@st.composite
def _odd_places(draw: st.DrawFn) -> Place:
    lon, lat = draw(st.one_of(st.sampled_from(_EDGES), st.tuples(lons, lats)))
    name, code = draw(_texts), draw(st.sampled_from([None, "AD", "NL", "ZW"]))
    return Place(name=name, lon=lon, lat=lat, precision=draw(st.sampled_from(list(Precision))), country=code)


@st.composite
def _written(draw: st.DrawFn) -> Draft:
    """Draw a draft of which some values are odd."""
    draft = draw(drafts(draw(st.sampled_from([*IDS, *IDS, *ODD_IDS]))))
    odd: dict[str, Any] = {
        "title": draw(_texts),
        "summary": draw(st.one_of(_texts, st.just(" ".join(_ODD_TEXTS)))),
        "category": draw(st.sampled_from(["aaa", "zzz", "é_é"])),
        "when": When.parse(draw(st.one_of(st.sampled_from(_DATES), edtf))),
        "places": (*draft.places[:1], draw(_odd_places())),
        "tags": tuple(dict.fromkeys((*draft.tags, draw(_texts)))),
        "figures": (Figure.named("cocaine_kg", draw(st.floats(-1e12, 1e12, allow_nan=False))),),
        "embargo": draw(st.integers(1, 40)),
        "status": draw(st.sampled_from(["draft", "review", "retracted", "published"])),
        "texts": (
            LookedUpText(text=draw(_texts), country="NL", place=0 if draft.places else None, doubt="several"),
        ),
        "data": {draw(_texts): draw(_texts)},
        "note": draw(_texts),
    }
    names = draw(st.lists(st.sampled_from(sorted(odd)), max_size=4, unique=True))
    return structs.replace(draft, **{name: odd[name] for name in names})


_some_drafts = st.lists(_written(), min_size=1, max_size=4)
edits = st.one_of(
    st.tuples(st.just("add"), _some_drafts),
    st.tuples(st.sampled_from(["add", "create"]), _some_drafts),
    st.tuples(
        st.sampled_from(["title", "retract", "publish", "move", "undate", "stale", "delete", "settle"]),
        st.sampled_from([*IDS, *ODD_IDS]),
    ),
    st.tuples(st.just("wait"), st.integers(1, 30)),
    st.tuples(st.just("clear"), st.none()),
)
_searches = st.builds(
    lambda words, joint: joint.join(words),
    st.lists(st.sampled_from([*WORDS, *SEARCHES, *_ODD_SEARCHES]), min_size=1, max_size=2),
    st.sampled_from([" ", " ", "*  "]),
)
_expressions = expressions.map(lambda node: parse(msgspec.json.encode(node).decode(), "cql2-json"))
questions = st.one_of(
    filters,
    filters,
    st.builds(lambda filter_, text: replace(filter_, text=text), filters, _searches),
    st.builds(lambda text: Filter(text=text), _searches),
    st.builds(lambda expression: Filter(expression=expression), _expressions),
    st.builds(lambda filter_, expression: replace(filter_, expression=expression), filters, _expressions),
    st.builds(
        lambda ids, tags: Filter(ids=tuple(ids), tags=tuple(tags)),
        st.lists(st.sampled_from([*IDS, *ODD_IDS, "\0", "e\0"]), max_size=3),
        st.lists(st.sampled_from(["europol", "a\0b", *_ODD_TEXTS]), max_size=1),
    ),
    st.builds(
        lambda statuses: Filter(statuses=tuple(statuses)),
        st.sets(st.sampled_from(["draft", "published", "retracted"]), min_size=1),
    ),
)  # fmt: skip
