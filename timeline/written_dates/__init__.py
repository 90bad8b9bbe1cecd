"""Dates as people write them → EDTF, never guessed: one value by `read`, a column by `Evidence` and its `Form`."""

from timeline.written_dates.column_order import Evidence, Form
from timeline.written_dates.numbers import Order
from timeline.written_dates.reader import Ambiguous, Reading, read

__all__ = ["Ambiguous", "Evidence", "Form", "Order", "Reading", "read"]
