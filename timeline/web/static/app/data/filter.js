// @ts-check
/**
 * The filter in the browser, a second implementation of the server's: which events match, and which of their pins.
 * What does not change while a window is dragged is worked out once; then a frame costs two comparisons an event.
 */

import { parseInterval } from "../shared/dates.js";

/** @typedef {import("./columns.js").Columns} Columns */
/** @typedef {Record<string, string>} Params */
/**
 * @typedef {object} Found
 * @property {Uint8Array} events 1 for each that matches
 * @property {Uint8Array} pins 1 for each selected pin, whatever its event
 * @property {number} count events that match
 */

/** What only the server can evaluate: an index is loaded for these. */
export const SERVER = ["q", "within", "near", "radius", "filter", "filter-lang", "tag", "ids"];
const list = (/** @type {string | undefined} */ text) => (text ?? "").split(",").map((one) => one.trim()).filter(Boolean);

/**
 * Select pins by box, country and precision, edges included; all where nothing is asked.
 * @param {Columns} c @param {Params} params @param {string[]} precisions finest first
 */
export function selectPins(c, params, precisions) {
  const found = new Uint8Array(c.owner.length).fill(1);
  const box = params["bbox"] ? params["bbox"].split(",").map(Number) : null;
  if (box) {
    const [west, south, , ...rest] = box.length === 6 ? [box[0], box[1], 0, box[3], box[4]] : [box[0], box[1], 0, box[2], box[3]];
    const [east, north] = rest;
    const crosses = west > east;
    for (let p = 0; p < found.length; p++) {
      const lon = c.lon[p], lat = c.lat[p];
      const across = crosses ? lon >= west || lon <= east : lon >= west && lon <= east;
      if (!(across && lat >= south && lat <= north)) found[p] = 0;
    }
  }
  const finest = params["precision"] ? precisions.indexOf(params["precision"]) : -1;
  if (finest >= 0) for (let p = 0; p < found.length; p++) if (c.rank[p] > finest) found[p] = 0;
  const countries = new Set(list(params["country"]).map((code) => code.toUpperCase()));
  if (countries.size) {
    const there = c.codes.map((codes) => codes.split(",").some((code) => countries.has(code)));
    for (let p = 0; p < found.length; p++) if (!there[c.spot[p]]) found[p] = 0;
  }
  return found;
}

/**
 * Choose events by place and category, whatever their dates.
 * @param {Columns} c @param {Params} params @param {Uint8Array} pins that are selected
 */
export function selectEvents(c, params, pins) {
  const found = new Uint8Array(c.size);
  const byPin = Boolean(params["country"] || params["precision"]);
  const unplaced = params["unplaced"] ?? "include";
  const slugs = new Set(list(params["category"]));
  const wanted = c.categories.map((slug) => !slugs.size || slugs.has(slug));
  for (let e = 0; e < c.size; e++) {
    if (!wanted[c.category[e]]) continue;
    const end = c.first[e + 1];
    let p = c.first[e];
    // OGC API Features 1.0, /req/core/fc-bbox-response C: one without a place matches any bbox.
    if (p === end) found[e] = byPin || unplaced === "exclude" ? 0 : 1;
    else if (unplaced !== "only") {
      while (p < end && !pins[p]) p++;
      found[e] = p < end ? 1 : 0;
    }
  }
  return found;
}

/**
 * Choose among events by date: `match` and `undated` of the contract.
 * @param {Columns} c @param {Uint8Array} among @param {[number, number] | null} span seconds, both inclusive
 * @param {Params} params @param {Uint8Array} [into] to be used again in the next frame
 */
export function selectTime(c, among, span, params, into = new Uint8Array(c.size)) {
  const undated = params["undated"] ?? "include";
  const certain = span !== null && params["match"] === "certain";
  const bare = undated === "exclude" || certain ? 0 : 1;
  const [from, to] = span ?? [-Infinity, Infinity];
  const [first, last] = certain ? [c.startMax, c.endMin] : [c.startMin, c.endMax];
  let count = 0;
  for (let e = 0; e < c.size; e++) {
    let holds = 0;
    if (among[e]) {
      const start = first[e];
      if (start !== start) holds = bare; // NaN: undated
      else if (undated !== "only") holds = start <= to && last[e] >= from && !(certain && c.doubtful[e]) ? 1 : 0;
    }
    into[e] = holds;
    count += holds;
  }
  return { events: into, count };
}

/** Ask everything at once. @param {Columns} c @param {Params} params @param {string[]} precisions @returns {Found} */
export function find(c, params, precisions) {
  const pins = selectPins(c, params, precisions);
  const among = selectEvents(c, params, pins);
  return { pins, ...selectTime(c, among, parseInterval(params["datetime"]), params) };
}
