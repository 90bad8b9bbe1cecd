"""Dates: the bounds of EDTF texts in seconds of UTC, the time spans of queries, and how dates are displayed.

Any module may import from here; this folder imports nothing but db.errors.
"""
