"""Compare names that differ a little: typing errors of one edit, and spellings that sound alike."""

from anyascii import anyascii

from geo.text import key


def within_one_edit(a: str, b: str) -> bool:
    """Return whether two strings differ by at most one edit: a letter added, removed, changed or swapped."""
    if a == b:
        return True
    if abs(len(a) - len(b)) > 1:
        return False
    start = 0
    shorter = min(len(a), len(b))
    while start < shorter and a[start] == b[start]:
        start += 1
    if len(a) == len(b):
        swapped = a[start : start + 2] == b[start : start + 2][::-1] and a[start + 2 :] == b[start + 2 :]
        return a[start + 1 :] == b[start + 1 :] or swapped
    return a[start + 1 :] == b[start:] if len(a) > len(b) else a[start:] == b[start + 1 :]


def similarity(a: str, b: str, least: float = 0.0) -> float:
    """Return how similar two names are in Latin letters, from 0 to 1 (Levenshtein).

    0 if the numbers of letters alone show that it is below `least`.
    """
    a_key, b_key = _latin_key(a), _latin_key(b)
    longest = max(len(a_key), len(b_key))
    if longest and min(len(a_key), len(b_key)) < least * longest:
        return 0.0
    return 1 - _edits(a_key, b_key) / longest if longest else 0.0


def _latin_key(name: str) -> str:
    return key(name if name.isascii() else anyascii(name))


def _edits(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        corner, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (letter != other))
    return row[-1]
