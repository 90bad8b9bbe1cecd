"""Measure the bytes of the page, and how quickly it follows a drag."""
