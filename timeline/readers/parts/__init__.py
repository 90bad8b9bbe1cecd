"""What readers share: header rows, encodings, cells of workbooks, outlines of JSON.

Imported by timeline.readers only; may import timeline.exchange and timeline.errors.
"""
