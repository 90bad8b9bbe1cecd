"""Dates as people write them → EDTF, never guessed: one value by `read`, a column by `Evidence` and its `Form`."""

from timeline.dates.column import Evidence, Form
from timeline.dates.numeric import Order
from timeline.dates.reading import Ambiguous, Reading, read

__all__ = ["Ambiguous", "Evidence", "Form", "Order", "Reading", "read"]
