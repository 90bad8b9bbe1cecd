// @ts-check
/** The slim index (/events/index), read into typed arrays: events newest first, and their pins in order of events. */

import { DAY } from "../shared/dates.js";
import { mercatorY } from "../shared/mercator.js";

/**
 * @typedef {object} Columns
 * @property {number} size events
 * @property {string[]} ids
 * @property {string[]} titles
 * @property {string[]} categories slugs
 * @property {Uint8Array} category a number into `categories`
 * @property {Float64Array} startMin seconds of UTC, ±Infinity for open; NaN where undated
 * @property {Float64Array} startMax
 * @property {Float64Array} endMin
 * @property {Float64Array} endMax
 * @property {Uint8Array} doubtful
 * @property {Int32Array} date a number into `dates`
 * @property {string[]} dates
 * @property {Uint32Array} first pins of event e are first[e] to first[e + 1] - 1
 * @property {Uint32Array} owner event of a pin
 * @property {Float64Array} lon degrees
 * @property {Float64Array} lat degrees
 * @property {Float64Array} x of the square of Web Mercator, 0 to 1 from the west
 * @property {Float64Array} y 0 to 1 from the north
 * @property {Uint8Array} rank of precision, 0 (point) to 5 (country)
 * @property {string[]} codes countries of a pin's spot: "BE" or "BE,NL"
 * @property {Uint32Array} spot a number into `codes`
 * @property {Float64Array | null} weight of an event, where a figure is measured
 */

/** @param {number[]} steps */
function summed(steps) {
  const found = new Float64Array(steps.length);
  let at = 0;
  for (let i = 0; i < steps.length; i++) found[i] = at += /** @type {number} */ (steps[i]);
  return found;
}

/** Read an answer of /events/index. @param {any} raw @returns {Columns} */
export function columns(raw) {
  const size = raw.ids.length;
  const day = summed(raw.day);
  const bounds = [0, 1, 2, 3].map(() => new Float64Array(size));
  for (let e = 0; e < size; e++) {
    const span = raw.spans[raw.span[e]];
    for (let b = 0; b < 4; b++) {
      const edge = span[b];
      const to = /** @type {Float64Array} */ (bounds[b]);
      to[e] = edge === null ? NaN : edge === "-" ? -Infinity : edge === "+" ? Infinity : edge + (day[e] ?? 0) * DAY;
    }
  }
  const doubtful = new Uint8Array(size);
  for (const e of raw.doubtful) doubtful[e] = 1;
  const [startMin, startMax, endMin, endMax] = /** @type {[Float64Array, Float64Array, Float64Array, Float64Array]} */ (bounds);
  return {
    size,
    ids: raw.ids,
    titles: raw.titles,
    categories: raw.categories,
    category: Uint8Array.from(raw.category),
    startMin,
    startMax,
    endMin,
    endMax,
    doubtful,
    date: Int32Array.from(raw.date),
    dates: raw.dates,
    ...pins(raw, size),
    weight: raw.measure ? weights(raw.measure, size) : null,
  };
}

/** @param {any} raw @param {number} size */
function pins(raw, size) {
  const owner = Uint32Array.from(summed(raw.pin_event));
  const spot = Uint32Array.from(raw.pin_spot);
  const [lons, lats] = [summed(raw.lon), summed(raw.lat)];
  const count = owner.length;
  const first = new Uint32Array(size + 1);
  for (let p = 0; p < count; p++) first[/** @type {number} */ (owner[p]) + 1]++;
  for (let e = 0; e < size; e++) first[e + 1] += /** @type {number} */ (first[e]);
  const lon = new Float64Array(count), lat = new Float64Array(count);
  const x = new Float64Array(count), y = new Float64Array(count);
  const rank = new Uint8Array(count);
  for (let p = 0; p < count; p++) {
    const s = /** @type {number} */ (spot[p]);
    lon[p] = lons[s] / 1e5;
    lat[p] = lats[s] / 1e5;
    rank[p] = raw.rank[s];
    x[p] = (lon[p] + 180) / 360;
    y[p] = mercatorY(lat[p]);
  }
  return { owner, spot, first, lon, lat, x, y, rank, codes: raw.countries };
}

/** @param {[number[], number[]]} measure @param {number} size */
function weights([events, values], size) {
  const found = new Float64Array(size);
  events.forEach((e, at) => (found[e] = values[at] ?? 0));
  return found;
}
