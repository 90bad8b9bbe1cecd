"""The proleptic Gregorian calendar in plain integers, for any year: seconds since 1970-01-01T00:00:00Z."""

from datetime import date

DAY = 86_400
_EPOCH = date(1970, 1, 1).toordinal()
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def leap(year: int) -> bool:
    """Return whether a year has a 29 February; years are astronomical, so 0 is 1 BC."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_length(year: int, month: int) -> int:
    """Return the number of days in a month (1 to 12)."""
    return 29 if month == 2 and leap(year) else _LENGTHS[month - 1]


def days(year: int, month: int = 1, day: int = 1) -> int:
    """Return the number of days from 1970-01-01 to a date of any year.

    Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
    """
    if 1 <= year <= 9999:
        return date(year, month, day).toordinal() - _EPOCH
    y = year - (month <= 2)
    era, of_era = divmod(y, 400)
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def year_month_day(day_number: int) -> tuple[int, int, int]:
    """Return (year, month, day) for a number of days since 1970-01-01. Source: Hinnant, civil_from_days."""
    era, of_era = divmod(day_number + 719_468, 146_097)
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + (3 if shifted < 10 else -9)
    return year_of_era + era * 400 + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1


def months_later(year: int, month: int, count: int) -> tuple[int, int]:
    """Return the (year, month) that is `count` months after a month."""
    years, index = divmod(month - 1 + count, 12)
    return year + years, index + 1


def iso_date(seconds: int) -> str:
    """Return the day of an instant as `YYYY-MM-DD`, with ISO's extended year outside 0 to 9999."""
    year, month, day = year_month_day(seconds // DAY)
    return f"{iso_year(year)}-{month:02}-{day:02}"


def iso_time(seconds: int) -> str:
    """Return an instant as RFC 3339 in UTC."""
    time = seconds % DAY
    return f"{iso_date(seconds)}T{time // 3600:02}:{time % 3600 // 60:02}:{time % 60:02}Z"


def iso_year(year: int) -> str:
    """Return a year with four digits, or with a sign: `-0044`, `+012024` (ISO 8601-1, 5.2.2.2)."""
    if 0 <= year <= 9999:
        return f"{year:04}"
    return f"{year:05}" if -9999 <= year < 0 else f"{year:+07}"


def edtf_year(year: int) -> str:
    """Return an astronomical year as EDTF: `0476`, `-0043`, and `Y-11999` beyond four digits."""
    return iso_year(year) if abs(year) <= 9999 else f"Y{year}"
