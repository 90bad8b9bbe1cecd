"""What a date means: EDTF text to bounds in seconds of UTC, intervals of a query, and how a date is displayed.

Any module may import from here; this folder imports nothing but db.errors.
"""
