// @ts-check
/** The bars of the timeline: their edges in days since 1970, and where a day lies among them. All are equally wide. */

import { civil, days, monthsAfter } from "../shared/dates.js";

/**
 * @typedef {object} Bars
 * @property {number[]} edges first day of each bar, and of what follows the last
 * @property {string} unit
 * @property {Float64Array[]} stacks a height by category and bar
 * @property {string[]} slugs of the stacks
 * @property {[number, number]} [whole] first and last day that are known to matter
 */

const UNITS = /** @type {const} */ (["day", "week", "month", "quarter", "year", "lustrum", "decade", "century"]);
const LENGTH = { day: 1, week: 7, month: 30.4, quarter: 91.3, year: 365.25, lustrum: 1826, decade: 3652, century: 36524 };
const MONTHS = /** @type {Record<string, number>} */ ({ month: 1, quarter: 3, year: 12, lustrum: 60, decade: 120, century: 1200, millennium: 12000 });

/** How many months a unit has; the server's longest are written as P10000Y. @param {string} unit */
const months = (unit) => MONTHS[unit] ?? 12 * Number(/^P(\d+)Y$/.exec(unit)?.[1] ?? 1);

/** Choose a unit that gives bars of some pixels, and the edges of the bars. @param {number} from @param {number} to days @param {number} most bars */
export function edges(from, to, most) {
  const unit = UNITS.find((one) => (to - from + 1) / LENGTH[one] <= most) ?? "century";
  const found = [floor(from, unit)];
  while ((found.at(-1) ?? 0) <= to && found.length < 5000) found.push(step(found.at(-1) ?? 0, unit, 1));
  return { unit, edges: found };
}

/** First day of the bar that holds a day. @param {number} at @param {string} unit */
export function floor(at, unit) {
  if (unit === "day") return at;
  if (unit === "week") return at - ((((at + 3) % 7) + 7) % 7); // 1970-01-01 was a Thursday
  const [year, month] = /** @type {[number, number, number]} */ (civil(at));
  const size = months(unit);
  const all = Math.floor((year * 12 + month - 1) / size) * size;
  return days(Math.floor(all / 12), (((all % 12) + 12) % 12) + 1);
}

/** @param {number} at @param {string} unit @param {number} count */
function step(at, unit, count) {
  return unit === "day" ? at + count : unit === "week" ? at + 7 * count : monthsAfter(at, count * months(unit));
}

/** Join bars into the next longer unit, until there is room for them; weeks do not make months. @param {Bars} bars @param {number} most @returns {Bars} */
export function coarser(bars, most) {
  const { edges: list } = bars;
  const at = UNITS.indexOf(/** @type {any} */ (bars.unit));
  const unit = UNITS[bars.unit === "day" ? 1 : at + 1];
  if (list.length - 1 <= most || at < 0 || bars.unit === "week" || !unit) return bars;
  const firsts = list.slice(0, -1).map((day) => floor(day, unit));
  const kept = [...new Set(firsts)];
  const stacks = bars.stacks.map((stack) => {
    const joined = new Float64Array(kept.length);
    let into = 0;
    firsts.forEach((first, b) => {
      if (first !== kept[into]) into++;
      joined[into] = (joined[into] ?? 0) + (stack[b] ?? 0);
    });
    return joined;
  });
  return coarser({ ...bars, unit, stacks, edges: [...kept, step(kept.at(-1) ?? 0, unit, 1)] }, most);
}

/** How many bars begin on or before a day, less one; `list` holds their edges. @param {number[]} list @param {number} day */
function index(list, day) {
  let [low, high] = [0, list.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((list[middle] ?? 0) <= day) low = middle;
    else high = middle;
  }
  return low;
}

/** Where a day lies, 0 to 1. @param {number[]} list edges @param {number} day @returns {number} */
export function share(list, day) {
  const n = list.length - 1;
  if (day <= (list[0] ?? 0)) return 0;
  if (day >= (list[n] ?? 1)) return 1;
  const low = index(list, day);
  const [a = 0, b = 1] = [list[low], list[low + 1]];
  return (low + (day - a) / (b - a)) / n;
}

/** Which day lies there. @param {number[]} list edges @param {number} at 0 to 1 @param {boolean} [round] to the nearest edge of a bar, else to the day */
export function dayAt(list, at, round = true) {
  const n = list.length - 1;
  const place = Math.min(Math.max(at, 0), 1) * n;
  if (round) return list[Math.round(place)] ?? 0;
  const low = Math.min(Math.floor(place), n - 1);
  return Math.floor((list[low] ?? 0) + (place - low) * ((list[low + 1] ?? 0) - (list[low] ?? 0)));
}

/** First and last day of the bar that holds a day. @param {number[]} list edges @param {number} day @returns {[number, number]} */
export function around(list, day) {
  const n = list.length - 1;
  const at = Math.min(n - 1, Math.floor(share(list, day) * n + 1e-9));
  return [list[at] ?? 0, (list[at + 1] ?? 1) - 1];
}
