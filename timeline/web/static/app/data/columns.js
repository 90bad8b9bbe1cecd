// @ts-check
/** The index (/events/index) read into typed arrays: events newest first, and their pins in the order of the events. */

import { DAY } from "../shared/dates.js";
import { mercatorX, mercatorY } from "../shared/mercator.js";

/** @typedef {import("./types.js").Columns} Columns */

const UNITS_PER_DEGREE = 1e5; // the index writes whole numbers of 1/100,000 degree

/** Return the running sums of differences. @param {number[]} steps */
function runningSums(steps) {
  const sums = new Float64Array(steps.length);
  let sum = 0;
  for (let i = 0; i < steps.length; i++) sums[i] = sum += /** @type {number} */ (steps[i]);
  return sums;
}

/** Read a response of /events/index. @param {any} index @returns {Columns} */
export function readIndex(index) {
  const size = index.ids.length;
  const doubtful = new Uint8Array(size);
  for (const e of index.doubtful) doubtful[e] = 1;
  return {
    size,
    ids: index.ids,
    titles: index.titles,
    categories: index.categories,
    category: Uint8Array.from(index.category),
    verifications: index.verifications,
    verification: Uint8Array.from(index.verification),
    ...readBounds(index, size),
    doubtful,
    date: Int32Array.from(index.date),
    dates: index.dates,
    ...readPins(index, size),
    weight: index.measure ? readWeights(index.measure, size) : null,
  };
}

/** Read the four bounds of each event, which the index writes as offsets from a day. @param {any} index @param {number} size */
function readBounds(index, size) {
  const day = runningSums(index.day);
  const [startMin, startMax, endMin, endMax] = [0, 1, 2, 3].map((bound) => {
    const seconds = new Float64Array(size);
    for (let e = 0; e < size; e++) {
      const offset = index.spans[index.span[e]][bound];
      seconds[e] = offset === null ? NaN : offset === "-" ? -Infinity : offset === "+" ? Infinity : offset + (day[e] ?? 0) * DAY;
    }
    return seconds;
  });
  return /** @type {Pick<Columns, "startMin" | "startMax" | "endMin" | "endMax">} */ ({ startMin, startMax, endMin, endMax });
}

/** Read the pins: their events, their spots, and what the index writes once for each spot. @param {any} index @param {number} size */
function readPins(index, size) {
  const owner = Uint32Array.from(runningSums(index.pin_event));
  const spot = Uint32Array.from(index.pin_spot);
  const [lons, lats] = [runningSums(index.lon), runningSums(index.lat)];
  const count = owner.length;
  const firstPin = new Uint32Array(size + 1);
  for (let p = 0; p < count; p++) firstPin[/** @type {number} */ (owner[p]) + 1]++;
  for (let e = 0; e < size; e++) firstPin[e + 1] += /** @type {number} */ (firstPin[e]);
  const lon = new Float64Array(count), lat = new Float64Array(count);
  const x = new Float64Array(count), y = new Float64Array(count);
  const rank = new Uint8Array(count);
  for (let p = 0; p < count; p++) {
    const s = /** @type {number} */ (spot[p]);
    lon[p] = lons[s] / UNITS_PER_DEGREE;
    lat[p] = lats[s] / UNITS_PER_DEGREE;
    rank[p] = index.rank[s];
    x[p] = mercatorX(lon[p]);
    y[p] = mercatorY(lat[p]);
  }
  return { owner, spot, firstPin, lon, lat, x, y, rank, codes: index.countries };
}

/** @param {[number[], number[]]} measure events, and the value of each @param {number} size */
function readWeights([events, values], size) {
  const weights = new Float64Array(size);
  events.forEach((e, i) => (weights[e] = values[i] ?? 0));
  return weights;
}
