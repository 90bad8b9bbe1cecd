"""Benchmarks: run by hand or by make, each with its own table of results; none is part of the wheel."""
