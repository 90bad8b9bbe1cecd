"""Editing rules without HTTP: roles, a Feature → a draft, merge patches.

Imported by timeline.api; imports timeline.imports.drafts, timeline.exchange and what is below them.
"""
