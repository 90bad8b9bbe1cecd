// @ts-check
/** What the server tells the page in two JSON blocks: its texts and its facts. Texts, numbers and days are said here. */

import { civil } from "../data/dates.js";

/** @param {string} id @returns {any} */
function block(id) {
  return JSON.parse(globalThis.document?.getElementById(id)?.textContent || "{}");
}

/** @type {Record<string, string>} */
export const words = block("words");
/**
 * @type {{root: string, assets: string, home: string, framed: boolean, large: boolean, crowded: boolean, matched: number, title: string,
 *   figures: string[], categories: {slug: string, label: string, light: string, dark: string, path: string}[]}}
 */
export const facts = block("facts");
const tag = words["intl"] || "en-GB-u-nu-latn";
const plural = new Intl.PluralRules(tag);
const numbers = new Intl.NumberFormat(tag);
const days = new Intl.DateTimeFormat(tag, { timeZone: "UTC", day: "numeric", month: "long", year: "numeric" });
const ranges = new Intl.DateTimeFormat(tag, { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" });
const months = new Intl.DateTimeFormat(tag, { timeZone: "UTC", month: "long", year: "numeric" });
const years = new Intl.DateTimeFormat(tag, { timeZone: "UTC", year: "numeric" });
const names = new Intl.DisplayNames(tag, { type: "region" });

/** Say a number with the separators of the language. @param {number} value */
export const number = (value) => numbers.format(value);

/**
 * Say a text of the interface; `n` chooses the plural form. A text that is missing is said by its key.
 * @param {string} key @param {Record<string, string | number>} [parts]
 */
export function say(key, parts = {}) {
  const n = parts["n"];
  const form = typeof n === "number" ? (words[`${key}.${plural.select(n)}`] ?? words[`${key}.other`]) : undefined;
  const text = form ?? words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const part = parts[name];
    return part === undefined ? whole : typeof part === "number" ? number(part) : part;
  });
}

/** Name a country by its ISO code. @param {string} code */
export function country(code) {
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}

/** Say a day in full. @param {number} day since 1970, in UTC */
export const long = (day) => (Math.abs(day) < 1e8 ? days.format(day * 864e5) : "");

/**
 * Say a span as short as it can be said: whole years and months as such, and for bars of months or more no finer than
 * they are.
 * @param {number} from @param {number} to days since 1970 @param {string} [unit] of the bars
 */
export function span(from, to, unit = "day") {
  if (Math.abs(from) > 1e8 || Math.abs(to) > 1e8) return "";
  const said = { day: ranges, month: months, quarter: months }[/day|week/.test(unit) ? grain(from, to) : unit] ?? years;
  return said === ranges && from === to ? days.format(from * 864e5) : said.formatRange(from * 864e5, to * 864e5);
}

/** The coarsest unit that a span holds whole. @param {number} from @param {number} to */
function grain(from, to) {
  const [, month, first] = civil(from);
  const [, next, after] = civil(to + 1);
  if (first !== 1 || after !== 1) return "day";
  return month === 1 && next === 1 ? "year" : "month";
}
