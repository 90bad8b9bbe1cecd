"""Hypothesis strategies for every form of EDTF."""

from hypothesis import strategies as st

from db.dates.calendar import month_length

years = st.integers(1, 9998).map(lambda y: f"{y:04}")
months = st.integers(1, 12).map(lambda m: f"{m:02}")
marks = st.sampled_from(["", "?", "~", "%"])


@st.composite
def days(draw: st.DrawFn) -> str:
    year, month = draw(st.integers(1, 9998)), draw(st.integers(1, 12))
    return f"{year:04}-{month:02}-{draw(st.integers(1, month_length(year, month))):02}"


@st.composite
def times(draw: st.DrawFn) -> str:
    clock = draw(st.times()).replace(microsecond=0).isoformat()
    offset = draw(st.sampled_from(["", "Z", "+02:00", "-11:30", "+14:00"]))
    return f"{draw(days())}T{clock}{offset}"


plain = st.one_of(years, st.builds("{}-{}".format, years, months), days())
qualified = st.builds("{}{}".format, plain, marks)
groupings = st.builds("{}-{}".format, years, st.integers(21, 41))
unspecified = st.one_of(
    st.builds("{}X".format, st.from_regex(r"[0-9]{3}", fullmatch=True)),
    st.builds("{}XX".format, st.from_regex(r"[0-9]{2}", fullmatch=True)),
    st.builds("{}-XX".format, years),
    st.builds("{}-{}-XX".format, years, months),
    st.builds("{}XX-{}-XX".format, st.from_regex(r"[0-9]{2}", fullmatch=True), months),
)
partly = st.one_of(
    st.builds("{}{}-{}{}".format, years, marks, marks, months),
    st.builds("{}{}-{}{}-{}28".format, years, marks, marks, months, marks),
)
long_years = st.one_of(
    st.integers(10_000, 10**9).map("Y{}".format),
    st.integers(10_000, 10**9).map("Y-{}".format),
    st.builds("Y{}E{}".format, st.integers(1, 99), st.integers(3, 7)),
    st.builds("{}S{}".format, years, st.integers(1, 4)),
)
singles = st.one_of(qualified, groupings, unspecified, partly, long_years, times())


closed_intervals = st.tuples(plain, plain).map(sorted).map("/".join)


@st.composite
def intervals(draw: st.DrawFn) -> str:
    start, end = sorted((draw(plain), draw(plain)))
    start, end = start + draw(marks), end + draw(marks)
    kind = draw(st.sampled_from(["both", "open end", "open start", "no end", "no start"]))
    return {
        "both": f"{start}/{end}",
        "open end": f"{start}/..",
        "open start": f"../{end}",
        "no end": f"{start}/",
        "no start": f"/{end}",
    }[kind]


@st.composite
def sets(draw: st.DrawFn) -> str:
    members = draw(st.lists(plain, min_size=1, max_size=4))
    if len(members) > 1 and draw(st.booleans()):
        low, high = sorted((members[0], members.pop()))
        members[0] = f"{low}..{high}"
    text = draw(st.sampled_from([",", ", "])).join(members)
    opened = draw(st.sampled_from(["", ".."]))
    return draw(st.sampled_from(["[{}]", "{{{}}}"])).format(f"{opened}{text}" if ".." not in text else text)


edtf = st.one_of(plain, singles, intervals(), sets())
