"""Writers: a page of events becomes bytes."""
