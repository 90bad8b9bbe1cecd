"""When an event overlaps a time span [first, last] (seconds of UTC, inclusive), written as plainly as possible."""

from db.dates.edtf import When


def possibly_overlaps(when: When, first: int, last: int) -> bool:
    """Return whether the event may overlap the span."""
    return when.start_min <= last and when.end_max >= first


def certainly_overlaps(when: When, first: int, last: int) -> bool:
    """Return whether the event overlaps the span, whatever its true date is."""
    return not when.doubtful and when.start_max <= last and when.end_min >= first
