"""JSON Merge Patch (RFC 7396, section 2)."""

from typing import Any


def merged(target: Any, patch: Any) -> Any:
    """Apply a patch: objects are merged member by member, null takes a member away, all else replaces."""
    if not isinstance(patch, dict):
        return patch
    found = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = merged(found.get(name), value)
    return found
