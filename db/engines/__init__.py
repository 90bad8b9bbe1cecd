"""Database engines: one folder a product, all with the functions of the port in `base`.

The only place that imports a database driver or contains SQL that only one product understands.
"""
