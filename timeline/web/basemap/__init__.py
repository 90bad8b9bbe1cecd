"""The world behind the events: how the file of tiles is built, and how it is read and styled."""
