// @ts-check
/** The texts and facts that the server writes into the page as two JSON blocks; formats of numbers and countries. */

/** @typedef {import("./types.js").Facts} Facts */

/** Parse a JSON block of the page; `{}` where there is none. @param {string} id @returns {any} */
function parseBlock(id) {
  return JSON.parse(globalThis.document?.getElementById(id)?.textContent || "{}");
}

/** @type {Record<string, string>} */
const texts = parseBlock("words");
/** @type {Facts} */
export const facts = parseBlock("facts");
/** Language of the page (BCP 47). */
export const lang = texts["lang"] ?? "en";
const locale = texts["intl"] || "en-GB-u-nu-latn";
const pluralRules = new Intl.PluralRules(locale);
const numberFormat = new Intl.NumberFormat(locale);
const regionNames = new Intl.DisplayNames(locale, { type: "region" });

/** Format a number with the separators of the language. @param {number} value */
export const formatNumber = (value) => numberFormat.format(value);

/**
 * Return a text of the interface; `n` chooses its plural form. A missing text is returned as its key.
 * @param {string} key @param {Record<string, string | number>} [values] for its {placeholders}
 */
export function translate(key, values = {}) {
  const { n } = values;
  const plural = typeof n === "number" ? (texts[`${key}.${pluralRules.select(n)}`] ?? texts[`${key}.other`]) : undefined;
  const text = plural ?? texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (placeholder, name) => {
    const value = values[name];
    return value === undefined ? placeholder : typeof value === "number" ? formatNumber(value) : value;
  });
}

/** Return the name of a country; or the code itself if no country has it. @param {string} code ISO 3166-1 alpha-2 */
export function countryName(code) {
  try {
    return regionNames.of(code) ?? code;
  } catch {
    return code;
  }
}
