"""The seed events: the events that ten articles report, in our own words.

Imported by timeline.commands; imports nothing of the project.
"""

from pathlib import Path

DISTRIBUTION = "dateline"

EVENTS = Path(__file__).with_name("events.yaml")
