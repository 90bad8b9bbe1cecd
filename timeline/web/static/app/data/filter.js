// @ts-check
/**
 * The filter in the browser, a second implementation of the server's: which events match, and which of their pins.
 * Only the dates change while a window is dragged, so `selectTime` is a separate function: two comparisons an event.
 */

import { parseInterval } from "../shared/dates.js";

/** @typedef {import("./types.js").Selection} Selection */
/** @typedef {import("./types.js").Columns} Columns */
/** @typedef {import("../shared/types.js").Params} Params */

/** Parameters of `selectTime`. */
export const TIME_NAMES = ["datetime", "match", "undated"];

const split = (/** @type {string | undefined} */ text) => (text ?? "").split(",").map((value) => value.trim()).filter(Boolean);

/** Return a longitude between -180 and 180. @param {number} lon */
const wrap = (lon) => (Math.abs(lon) <= 180 ? lon : +(lon - 360 * Math.round(lon / 360)).toFixed(9));

/** Parse a bbox of four numbers, or of six with heights; longitudes beyond ±180 are wrapped. @param {string} text @returns {import("../shared/types.js").Box} */
export function parseBox(text) {
  const numbers = text.split(",").map(Number);
  const [west = 0, south = 0, east = 0, north = 0] = numbers.length === 6 ? [numbers[0], numbers[1], numbers[3], numbers[4]] : numbers;
  if (Math.abs(west) <= 180 && Math.abs(east) <= 180) return [west, south, east, north];
  return east - west >= 360 ? [-180, south, 180, north] : [wrap(west), south, wrap(east), north];
}

/** Return whether a point is in a box or on its edge; ±180 are one meridian. @param {import("../shared/types.js").Box} box @param {number} lon @param {number} lat */
export const isInBox = ([west, south, east, north], lon, lat) =>
  lat >= south && lat <= north && (spans(west, east, lon) || (Math.abs(lon) === 180 && spans(west, east, -lon)));

const spans = (/** @type {number} */ west, /** @type {number} */ east, /** @type {number} */ lon) =>
  west > east ? lon >= west || lon <= east : lon >= west && lon <= east;

/**
 * Select pins by box, country and precision, edges included.
 * @param {Columns} columns @param {Params} params @param {string[]} precisions finest first
 */
export function selectPins(columns, params, precisions) {
  const pins = new Uint8Array(columns.owner.length).fill(1);
  const box = params["bbox"] ? parseBox(params["bbox"]) : null;
  if (box) for (let p = 0; p < pins.length; p++) if (!isInBox(box, columns.lon[p], columns.lat[p])) pins[p] = 0;
  const exact = new Set(split(params["precision"]).map((value) => precisions.indexOf(value)));
  if (exact.size) for (let p = 0; p < pins.length; p++) if (!exact.has(columns.rank[p])) pins[p] = 0;
  const coarsest = params["min_precision"] ? precisions.indexOf(params["min_precision"]) : -1;
  if (coarsest >= 0) for (let p = 0; p < pins.length; p++) if (columns.rank[p] > coarsest) pins[p] = 0;
  const countries = new Set(split(params["country"]).map((code) => code.toUpperCase()));
  if (countries.size) {
    const matches = columns.codes.map((codes) => codes.split(",").some((code) => countries.has(code)));
    for (let p = 0; p < pins.length; p++) if (!matches[columns.spot[p]]) pins[p] = 0;
  }
  return pins;
}

/** Return for each value whether a comma-separated list has it; true for all if there is no list. @param {string[]} values @param {string | undefined} text */
function membership(values, text) {
  const listed = new Set(split(text));
  return values.map((value) => !listed.size || listed.has(value));
}

/**
 * Select events by place, category and verification, whatever their dates.
 * @param {Columns} columns @param {Params} params @param {Uint8Array} pins 1 for selected
 */
export function selectEvents(columns, params, pins) {
  const { category, verification, firstPin } = columns;
  const events = new Uint8Array(columns.size);
  const needsPin = Boolean(params["country"] || params["precision"] || params["min_precision"]);
  const unplaced = params["unplaced"] ?? "include";
  const categoryMatches = membership(columns.categories, params["category"]);
  const verificationMatches = membership(columns.verifications, params["verification"]);
  for (let e = 0; e < columns.size; e++) {
    if (!categoryMatches[category[e]] || !verificationMatches[verification[e]]) continue;
    const end = firstPin[e + 1];
    let p = firstPin[e];
    // OGC API Features 1.0, /req/core/fc-bbox-response C: an event without a place matches any bbox.
    if (p === end) events[e] = needsPin || unplaced === "exclude" ? 0 : 1;
    else if (unplaced !== "only") {
      while (p < end && !pins[p]) p++;
      events[e] = p < end ? 1 : 0;
    }
  }
  return events;
}

/**
 * Select by date among events, as the API's `datetime`, `match` and `undated` do.
 * @param {Columns} columns @param {Uint8Array} candidates 1 for the events to select from
 * @param {[number, number] | null} interval seconds, both inclusive
 * @param {Params} params @param {Uint8Array} [events] array to write to, so that a frame of a drag allocates none
 */
export function selectTime(columns, candidates, interval, params, events = new Uint8Array(columns.size)) {
  const undated = params["undated"] ?? "include";
  const certain = interval !== null && params["match"] === "certain";
  const undatedMatches = undated === "exclude" || certain ? 0 : 1;
  const [from, to] = interval ?? [-Infinity, Infinity];
  const [first, last] = certain ? [columns.startMax, columns.endMin] : [columns.startMin, columns.endMax];
  let count = 0;
  for (let e = 0; e < columns.size; e++) {
    let matches = 0;
    if (candidates[e]) {
      const start = first[e];
      if (start !== start) matches = undatedMatches; // NaN: undated
      else if (undated !== "only") matches = start <= to && last[e] >= from && !(certain && columns.doubtful[e]) ? 1 : 0;
    }
    events[e] = matches;
    count += matches;
  }
  return { events, count };
}

/** Evaluate every parameter at once. @param {Columns} columns @param {Params} params @param {string[]} precisions finest first @returns {Selection} */
export function select(columns, params, precisions) {
  const pins = selectPins(columns, params, precisions);
  const candidates = selectEvents(columns, params, pins);
  return { pins, ...selectTime(columns, candidates, parseInterval(params["datetime"]), params) };
}
