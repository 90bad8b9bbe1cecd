"""What readers share: header rows, encodings, cells of workbooks, outlines of JSON.

Imported by timeline.readers only.
"""
