// @ts-check
/**
 * Days and spans of days in words. Twin of db/dates/display.py, for the dates that the page computes itself; a test compares
 * both. The server sends the forms of the page's language (timeline/web/date_forms.py), so that no grammar is repeated here.
 */

import { civil } from "./dates.js";
import { facts } from "./messages.js";

/** @typedef {import("./types.js").DateForms} DateForms */

/** @typedef {{days: string[], months: string[]}} Names */

const forms = /** @type {DateForms} */ (facts.dates);
const MAX_DAYS = 1e8; // from 1970: the range of Date, which date fields use

/** Return a year: "2023", "AD 44", "44 BC". @param {number} year 0 is 1 BC */
export function formatYear(year) {
  if (year >= forms.first_plain_year) return String(year);
  return year > 0 ? forms.after_christ.replace("{}", String(year)) : forms.before_christ.replace("{}", String(1 - year));
}

/** @param {string} text day or month @param {number} year */
const withYear = (text, year) => forms.dated.replace("{year}", formatYear(year)).replace("{}", text);

/** @param {number} month @param {number} date @param {Names} names */
const dayOfMonth = (month, date, names) => (forms.in_month[month - 1] ?? "").replace("{}", names.days[date - 1] ?? "");

/** Return a day in full; "" beyond the range of Date. @param {number} day since 1970 */
export function formatDay(day) {
  if (Math.abs(day) > MAX_DAYS) return "";
  const [year = 0, month = 1, date = 1] = civil(day);
  return withYear(dayOfMonth(month, date, forms), year);
}

/** @param {number} from @param {number} to */
function daySpan(from, to) {
  if (from === to) return formatDay(from);
  const [year = 0, month = 1, date = 1] = civil(from);
  const [lastYear = 0, lastMonth = 1, lastDate = 1] = civil(to);
  const sameMonth = year === lastYear && month === lastMonth;
  if (sameMonth && forms.day_dash) return `${forms.days[date - 1]}${forms.day_dash}${formatDay(to)}`;
  const start = sameMonth ? forms.start.days[date - 1] : dayOfMonth(month, date, forms.start);
  const end = withYear(dayOfMonth(lastMonth, lastDate, forms.end), lastYear);
  return `${year === lastYear ? start : withYear(start ?? "", year)} ${end}`;
}

/** @param {number} from @param {number} to */
function monthSpan(from, to) {
  const [year = 0, month = 1] = civil(from);
  const [lastYear = 0, lastMonth = 1] = civil(to);
  if (year === lastYear && month === lastMonth) return withYear(forms.months[month - 1] ?? "", year);
  const start = forms.start.months[month - 1] ?? "";
  return `${year === lastYear ? start : withYear(start, year)} ${withYear(forms.end.months[lastMonth - 1] ?? "", lastYear)}`;
}

/** @param {number} from @param {number} to */
function yearSpan(from, to) {
  const [year = 0] = civil(from);
  const [last = 0] = civil(to);
  if (year === last) return formatYear(year);
  if (year >= forms.first_plain_year) return `${year}${forms.dash}${last}`;
  return `${forms.start.year.replace("{}", formatYear(year))} ${forms.end.year.replace("{}", formatYear(last))}`;
}

/**
 * Return a span of days as briefly as possible: whole months and years without their days, and under bars of a month or
 * longer no finer than the bars.
 * @param {number} from first day since 1970 @param {number} to last day @param {string} [unit] of the bars
 */
export function formatSpan(from, to, unit = "day") {
  if (Math.abs(from) > MAX_DAYS || Math.abs(to) > MAX_DAYS) return "";
  const precision = /day|week/.test(unit) ? coarsestUnit(from, to) : unit;
  if (precision === "day") return daySpan(from, to);
  return /month|quarter/.test(precision) ? monthSpan(from, to) : yearSpan(from, to);
}

/** Return the coarsest unit of which the span holds whole ones only: "year", "month" or "day". @param {number} from @param {number} to */
function coarsestUnit(from, to) {
  const [, firstMonth, firstDay] = civil(from);
  const [, nextMonth, nextDay] = civil(to + 1);
  if (firstDay !== 1 || nextDay !== 1) return "day";
  return firstMonth === 1 && nextMonth === 1 ? "year" : "month";
}
