"""Maintenance of a database: verified copies, backup, restore and purge.

Imported by db.desk and the commands; may import db.writing and everything below it, and geo.
"""
