"""Dates as people write them → EDTF, without guessing.

`read` reads one value; `Evidence` collects the values of a column and returns its `Form`. Imported by timeline.imports,
timeline.editing and timeline.api; may import db.dates and db.errors.
"""

from timeline.written_dates.column_order import Evidence, Form, Years
from timeline.written_dates.first_days import FirstDays
from timeline.written_dates.numbers import Order
from timeline.written_dates.reader import Ambiguous, DateReading, read

__all__ = ["Ambiguous", "DateReading", "Evidence", "FirstDays", "Form", "Order", "Years", "read"]
