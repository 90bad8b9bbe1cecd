"""Editing: who may do what, and a Feature as somebody sent it → a draft. No HTTP here."""
