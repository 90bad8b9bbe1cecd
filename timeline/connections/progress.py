"""How fast bytes move in one direction of a connection."""

MIN_BYTES_PER_SECOND = 500


class Progress:
    """Counts the bytes of a period; the next period begins as soon as they are enough for this one."""

    def __init__(self, seconds: float, now: float) -> None:
        self.seconds = seconds
        self.start, self.moved = now, 0

    def restart(self, now: float) -> None:
        """Begin a new period."""
        self.start, self.moved = now, 0

    def add(self, number: int) -> None:
        """Count bytes that have moved."""
        self.moved += number

    def add_period(self) -> None:
        """Count as many bytes as a whole period needs."""
        self.moved += int(self.seconds * MIN_BYTES_PER_SECOND)

    def is_stalled(self, now: float) -> bool:
        """Return whether a whole period has passed in which fewer bytes moved than MIN_BYTES_PER_SECOND."""
        if self.moved >= self.seconds * MIN_BYTES_PER_SECOND:
            self.restart(now)
        return now - self.start >= self.seconds
