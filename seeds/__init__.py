"""The seed events: what ten articles report, in our own words."""

from pathlib import Path

DISTRIBUTION = "dateline"

EVENTS = Path(__file__).with_name("events.yaml")
