// @ts-check
/** Days and seconds of UTC in plain numbers, for any year; `datetime` parameters as spans of seconds. */

export const DAY = 86400;

/**
 * Count the days from 1970-01-01 to a date. Source: Howard Hinnant, days_from_civil.
 * @param {number} year @param {number} [month] 1 to 12 @param {number} [day]
 */
export function days(year, month = 1, day = 1) {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719468;
}

/** Turn days since 1970 into [year, month, day]. Source: Hinnant, civil_from_days. @param {number} day */
export function civil(day) {
  const shifted = day + 719468;
  const era = Math.floor(shifted / 146097);
  const ofEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36524) - Math.floor(ofEra / 146096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const m = Math.floor((5 * ofYear + 2) / 153);
  const month = m < 10 ? m + 3 : m - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - Math.floor((153 * m + 2) / 5) + 1];
}

/** Write a day as YYYY-MM-DD. @param {number} day */
export function iso(day) {
  const [year, month, date] = civil(day);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const sign = year < 0 ? "-" : "";
  return `${sign}${String(Math.abs(year)).padStart(4, "0")}-${two(month)}-${two(date)}`;
}

/** Read a whole day, YYYY-MM-DD; null for anything else. @param {string} text */
export function day(text) {
  const match = /^(-?\d{4,})-(\d\d)-(\d\d)$/.exec(text);
  if (!match) return null;
  const read = days(Number(match[1]), Number(match[2]), Number(match[3]));
  return iso(read) === text ? read : null;
}

/** Step months on from a day; the 31st becomes the last of a shorter month. @param {number} from @param {number} count */
export function monthsAfter(from, count) {
  const [year, month, date] = civil(from);
  const all = year * 12 + month - 1 + count;
  const [y, m] = [Math.floor(all / 12), (((all % 12) + 12) % 12) + 1];
  const length = (m === 12 ? days(y + 1) : days(y, m + 1)) - days(y, m);
  return days(y, m, Math.min(date, length));
}

const CALENDAR = /^(-?\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/;
const TIME = /^(-?\d{4})-(\d\d)-(\d\d)T(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?)?(Z|[+\- ]\d\d(?::?\d\d)?)?$/i;
const DURATION = /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** @param {string} text @returns {[number, number] | null} first and last second */
function side(text) {
  const plain = CALENDAR.exec(text);
  if (plain) {
    const [year, month, date] = [Number(plain[1]), Number(plain[2] ?? 0), Number(plain[3] ?? 0)];
    if (month > 12 || date > 31) return null;
    const first = days(year, month || 1, date || 1);
    const next = date ? first + 1 : month ? monthsAfter(first, 1) : days(year + 1);
    return [first * DAY, next * DAY - 1];
  }
  const time = TIME.exec(text);
  if (!time) return null;
  const zone = (time[7] ?? "Z").replace(" ", "+").replace(":", "");
  const away = /z/i.test(zone) ? 0 : (zone[0] === "-" ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3) || 0));
  const start = days(Number(time[1]), Number(time[2]), Number(time[3])) * DAY + Number(time[4]) * 3600 +
    Number(time[5] ?? 0) * 60 + Number(time[6] ?? 0) - away * 60;
  return [start, start + (time[6] ? 0 : time[5] ? 59 : 3599)];
}

/**
 * Read a `datetime` parameter: first and last second of UTC, ±Infinity where it is open; null for what is none.
 * @param {string | undefined} text @returns {[number, number] | null}
 */
export function interval(text) {
  if (!text) return null;
  const sides = text.split("/");
  if (sides.length > 2) return null;
  const open = (/** @type {string} */ one) => one === "" || one === "..";
  const start = open(sides[0] ?? "") ? null : side(sides[0] ?? "");
  if (sides.length === 1) return start;
  if (!start && !open(sides[0] ?? "")) return null;
  const first = start ? start[0] : -Infinity;
  const end = sides[1] ?? "";
  if (open(end)) return [first, Infinity];
  const length = DURATION.exec(end);
  if (length && start) {
    const [y, mo, w, d, h, mi, s] = length.slice(1).map((part) => Number(part ?? 0));
    const from = Math.floor(first / DAY);
    const after = monthsAfter(from, 12 * (y ?? 0) + (mo ?? 0)) * DAY + (first - from * DAY);
    return [first, after + ((w ?? 0) * 7 + (d ?? 0)) * DAY + (h ?? 0) * 3600 + (mi ?? 0) * 60 + (s ?? 0) - 1];
  }
  const last = side(end);
  return last ? [first, last[1]] : null;
}
