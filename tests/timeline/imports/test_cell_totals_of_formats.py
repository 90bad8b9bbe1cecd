"""Every cell of a spreadsheet of LibreOffice and every element of a map file is counted once, as in other files."""

from xml.sax.saxutils import escape, quoteattr

from hypothesis import example, given
from hypothesis import strategies as st
from spreadsheets import cell, ods, row

from db.store import Store
from tests.timeline.imports.test_cell_totals import (
    DRAWN,
    NAMES,
    check,
    filled,
    imported,
    own_words,
    tables,
    values,
    words_of,
)

data = st.dictionaries(st.sampled_from([name for name in NAMES if name.strip()]), values, max_size=6)
spans = st.sampled_from(
    [("", 0), ("<TimeSpan><begin>2020</begin></TimeSpan>", 1), ("<TimeSpan><end>soon</end></TimeSpan>", 1),
     ("<TimeStamp><when>2021-04</when></TimeStamp>", 1), ("<styleUrl>#a</styleUrl>", 1)]
)  # fmt: skip
points = st.sampled_from(
    [("", 0), ("<Point><coordinates>5,51</coordinates></Point>", 1),
     ("<LineString><coordinates>5,51,3 6,51,4</coordinates></LineString>", 1)]
)  # fmt: skip
places = st.lists(st.tuples(own_words, data, spans, points), min_size=1, max_size=4)


@given(table=tables())
@DRAWN
def test_the_cells_of_a_spreadsheet(store: Store, table: list[list[str]]) -> None:
    # A text that begins with < would be a tag for the helper; an error of a formula is none without one.
    lines = [[text.strip("<").replace("\n", " ") for text in line] for line in table]
    content = ods(
        *(row(*(cell(escape(text)) if text.strip() else cell() for text in line)) for line in lines)
    )
    shown = [[text for text in line if text != "#N/A"] for line in lines]
    result = imported(store, "a.ods", content)
    not_available = filled(lines[1:]) - filled(shown[1:])
    check(result, filled(shown[1:]) + not_available, words_of(lines[1:]))


@given(drawn=places)
@example(drawn=[("Gate", {"name": "Gate", "place": "Hasselt", "address": "Gent"}, ("", 0), ("", 0))])
@DRAWN
def test_the_elements_of_placemarks(
    store: Store, drawn: list[tuple[str, dict[str, str], tuple[str, int], tuple[str, int]]]
) -> None:
    parts, cells = [], 0
    for name, extended, (time, times), (shape, shapes) in drawn:
        more = "".join(
            f"<Data name={quoteattr(key)}><value>{escape(value)}</value></Data>"
            for key, value in extended.items()
        )
        parts.append(
            f"<Placemark><name>{escape(name)}</name>{time}<ExtendedData>"
            f"<Data name='category'><value>raid</value></Data>{more}</ExtendedData>{shape}</Placemark>"
        )
        cells += 2 + times + shapes + sum(bool(value.strip()) for value in extended.values())
    result = imported(store, "a.kml", f"<kml><Document>{''.join(parts)}</Document></kml>".encode())
    check(result, cells, words_of([[name, extended] for name, extended, *_ in drawn]))


@given(drawn=st.lists(st.tuples(own_words, data), min_size=1, max_size=4))
@example(drawn=[("Gate", {"date": "Hasselt", "time": "Hasselt"})])
@DRAWN
def test_the_elements_of_waypoints(store: Store, drawn: list[tuple[str, dict[str, str]]]) -> None:
    parts, cells = [], 0
    for name, extended in drawn:
        usable = {
            key: value for key, value in extended.items() if key.isascii() and key.replace("_", "").isalpha()
        }
        more = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in usable.items())
        parts.append(
            f'<wpt lat="51" lon="5"><name>{escape(name)}</name><type>raid</type><extensions>{more}</extensions></wpt>'
        )
        cells += 3 + sum(bool(value.strip()) for value in usable.values())
        extended.clear()
        extended.update(usable)
    result = imported(store, "a.gpx", f"<gpx>{''.join(parts)}</gpx>".encode())
    check(result, cells, words_of([[name, extended] for name, extended in drawn]))
