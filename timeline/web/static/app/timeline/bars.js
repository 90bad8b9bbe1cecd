// @ts-check
/** The bars of the timeline: their edges in days since 1970, and positions of days among them. All bars are drawn equally wide. */

import { civil, days, monthsAfter } from "../shared/dates.js";

/** @typedef {import("./types.js").Bars} Bars */

const UNITS = /** @type {const} */ (["day", "week", "month", "quarter", "year", "lustrum", "decade", "century"]);
const DAYS_OF_UNIT = { day: 1, week: 7, month: 30.4, quarter: 91.3, year: 365.25, lustrum: 1826, decade: 3652, century: 36524 };
const MONTHS_OF_UNIT = /** @type {Record<string, number>} */ ({ month: 1, quarter: 3, year: 12, lustrum: 60, decade: 120, century: 1200, millennium: 12000 });
const MAX_EDGES = 5000;
const ROUNDING = 1e-9; // of a position, so that the first day of a bar is inside it

/** Return the number of months in a unit; the server writes its longest units as P10000Y. @param {string} unit */
const monthsOf = (unit) => MONTHS_OF_UNIT[unit] ?? 12 * Number(/^P(\d+)Y$/.exec(unit)?.[1] ?? 1);

/** Return the finest unit with at most some number of bars, and their edges. @param {number} from first day @param {number} to last day @param {number} maxBars */
export function chooseEdges(from, to, maxBars) {
  const unit = UNITS.find((name) => (to - from + 1) / DAYS_OF_UNIT[name] <= maxBars) ?? "century";
  const edges = [floorDay(from, unit)];
  let last = edges[0] ?? 0;
  while (last <= to && edges.length < MAX_EDGES) edges.push((last = step(last, unit)));
  return { unit, edges };
}

/** Return the first day of the bar that contains a day. @param {number} day @param {string} unit */
export function floorDay(day, unit) {
  if (unit === "day") return day;
  if (unit === "week") return day - ((((day + 3) % 7) + 7) % 7); // 1970-01-01 was a Thursday
  const [year, month] = /** @type {[number, number, number]} */ (civil(day));
  const size = monthsOf(unit);
  const first = Math.floor((year * 12 + month - 1) / size) * size;
  return days(Math.floor(first / 12), (((first % 12) + 12) % 12) + 1);
}

/** Return the first day of the next bar. @param {number} day first of a bar @param {string} unit */
function step(day, unit) {
  return unit === "day" ? day + 1 : unit === "week" ? day + 7 : monthsAfter(day, monthsOf(unit));
}

/** Join bars into longer units until there are few enough. Weeks stay: they do not make up months. @param {Bars} bars @param {number} maxBars @returns {Bars} */
export function joinBars(bars, maxBars) {
  const { edges } = bars;
  const position = UNITS.indexOf(/** @type {any} */ (bars.unit));
  const unit = UNITS[bars.unit === "day" ? 1 : position + 1];
  if (edges.length - 1 <= maxBars || position < 0 || bars.unit === "week" || !unit) return bars;
  const targets = edges.slice(0, -1).map((day) => floorDay(day, unit));
  const firsts = [...new Set(targets)];
  const stacks = bars.stacks.map((stack) => {
    const joined = new Float64Array(firsts.length);
    let bar = 0;
    targets.forEach((first, b) => {
      if (first !== firsts[bar]) bar++;
      joined[bar] = (joined[bar] ?? 0) + (stack[b] ?? 0);
    });
    return joined;
  });
  return joinBars({ ...bars, unit, stacks, edges: [...firsts, step(firsts.at(-1) ?? 0, unit)] }, maxBars);
}

/** Return the index of the bar that contains a day; the first or last bar for days outside. @param {number[]} edges @param {number} day */
export function barIndex(edges, day) {
  let [low, high] = [0, edges.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) <= day) low = middle;
    else high = middle;
  }
  return low;
}

/** Return the position of a day, from 0 at the first edge to 1 at the last. @param {number[]} edges @param {number} day @returns {number} */
export function positionOf(edges, day) {
  const count = edges.length - 1;
  if (day <= (edges[0] ?? 0)) return 0;
  if (day >= (edges[count] ?? 1)) return 1;
  const bar = barIndex(edges, day);
  const [start = 0, end = 1] = [edges[bar], edges[bar + 1]];
  return (bar + (day - start) / (end - start)) / count;
}

/** Return the day at a position. @param {number[]} edges @param {number} position 0 to 1 @param {boolean} [round] to the nearest edge, else to the day */
export function dayAt(edges, position, round = true) {
  const count = edges.length - 1;
  const place = Math.min(Math.max(position, 0), 1) * count;
  if (round) return edges[Math.round(place)] ?? 0;
  const bar = Math.min(Math.floor(place), count - 1);
  return Math.floor((edges[bar] ?? 0) + (place - bar) * ((edges[bar + 1] ?? 0) - (edges[bar] ?? 0)));
}

/** Return the first and last day of the bar that contains a day. @param {number[]} edges @param {number} day @returns {[number, number]} */
export function barAround(edges, day) {
  const count = edges.length - 1;
  const bar = Math.min(count - 1, Math.floor(positionOf(edges, day) * count + ROUNDING));
  return [edges[bar] ?? 0, (edges[bar + 1] ?? 1) - 1];
}
