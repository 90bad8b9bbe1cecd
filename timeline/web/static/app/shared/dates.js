// @ts-check
/** Days and seconds of UTC as plain numbers, for any year; `datetime` parameters as spans of seconds. */

/** Seconds of a day. */
export const DAY = 86400;

/**
 * Return the number of days from 1970-01-01 to a date. Source: Howard Hinnant, days_from_civil.
 * @param {number} year @param {number} [month] 1 to 12 @param {number} [day]
 */
export function days(year, month = 1, day = 1) {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

/** Return the [year, month, day] of a day since 1970. Source: Hinnant, civil_from_days. @param {number} day */
export function civil(day) {
  const shifted = day + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const m = Math.floor((5 * dayOfYear + 2) / 153);
  const month = m < 10 ? m + 3 : m - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - Math.floor((153 * m + 2) / 5) + 1];
}

/** Format a day since 1970 as YYYY-MM-DD. @param {number} day */
export function iso(day) {
  const [year, month, date] = civil(day);
  const twoDigits = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const sign = year < 0 ? "-" : "";
  return `${sign}${String(Math.abs(year)).padStart(4, "0")}-${twoDigits(month)}-${twoDigits(date)}`;
}

/** Parse YYYY-MM-DD into a day since 1970; null for any other text. @param {string} text */
export function parseDay(text) {
  const match = /^(-?\d{4,})-(\d\d)-(\d\d)$/.exec(text);
  if (!match) return null;
  const day = days(Number(match[1]), Number(match[2]), Number(match[3]));
  return iso(day) === text ? day : null;
}

/** Return the day some months after another; the 31st becomes the last day of a shorter month. @param {number} day @param {number} count of months */
export function monthsAfter(day, count) {
  const [year, month, date] = civil(day);
  const total = year * 12 + month - 1 + count;
  const [y, m] = [Math.floor(total / 12), (((total % 12) + 12) % 12) + 1];
  const length = (m === 12 ? days(y + 1) : days(y, m + 1)) - days(y, m);
  return days(y, m, Math.min(date, length));
}

const CALENDAR = /^(-?\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/;
const TIME = /^(-?\d{4})-(\d\d)-(\d\d)T(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?)?(Z|[+\- ]\d\d(?::?\d\d)?)?$/i;
const DURATION = /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** Parse one side of an interval: a year, month, day or time. @param {string} text @returns {[number, number] | null} first and last second */
function parseSide(text) {
  const calendar = CALENDAR.exec(text);
  if (calendar) {
    const [year, month, date] = [Number(calendar[1]), Number(calendar[2] ?? 0), Number(calendar[3] ?? 0)];
    if (month > 12 || date > 31) return null;
    const first = days(year, month || 1, date || 1);
    const next = date ? first + 1 : month ? monthsAfter(first, 1) : days(year + 1);
    return [first * DAY, next * DAY - 1];
  }
  const time = TIME.exec(text);
  if (!time) return null;
  const start = days(Number(time[1]), Number(time[2]), Number(time[3])) * DAY + Number(time[4]) * 3600 +
    Number(time[5] ?? 0) * 60 + Number(time[6] ?? 0) - offsetMinutes(time[7]) * 60;
  return [start, start + (time[6] ? 0 : time[5] ? 59 : 3599)];
}

/** Parse a UTC offset such as Z, +02 or -05:30 into minutes; a space is read as "+", which an address turns into a space. @param {string} [text] */
function offsetMinutes(text = "Z") {
  const zone = text.replace(" ", "+").replace(":", "");
  if (/z/i.test(zone)) return 0;
  return (zone[0] === "-" ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3) || 0));
}

/**
 * Parse a `datetime` parameter into its first and last second of UTC, ±Infinity for an open side; null if it cannot be parsed.
 * @param {string | undefined} text @returns {[number, number] | null}
 */
export function parseInterval(text) {
  if (!text) return null;
  const sides = text.split("/");
  if (sides.length > 2) return null;
  const isOpen = (/** @type {string} */ side) => side === "" || side === "..";
  const [left = "", right = ""] = sides;
  const start = isOpen(left) ? null : parseSide(left);
  if (sides.length === 1) return start;
  if (!start && !isOpen(left)) return null;
  const first = start ? start[0] : -Infinity;
  if (isOpen(right)) return [first, Infinity];
  const duration = DURATION.exec(right);
  if (duration && start) return [first, after(first, duration.slice(1).map((part) => Number(part ?? 0))) - 1];
  const end = parseSide(right);
  return end ? [first, end[1]] : null;
}

/** Return the second at which a duration ends. @param {number} second of its start @param {number[]} duration years, months, weeks, days, hours, minutes, seconds */
function after(second, [years = 0, months = 0, weeks = 0, dates = 0, hours = 0, minutes = 0, seconds = 0]) {
  const day = Math.floor(second / DAY);
  const moved = monthsAfter(day, 12 * years + months) * DAY + (second - day * DAY);
  return moved + (weeks * 7 + dates) * DAY + hours * 3600 + minutes * 60 + seconds;
}
