"""Measure how often the geocoder is right, how often it is confidently wrong, and its speed and memory."""
