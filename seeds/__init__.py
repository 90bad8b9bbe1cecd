"""The seed events: the events that ten articles report, in our own words."""

from pathlib import Path

DISTRIBUTION = "dateline"

EVENTS = Path(__file__).with_name("events.yaml")
