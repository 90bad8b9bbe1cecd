// @ts-check
/** Draws the timeline: stacked bars on a canvas, and the words below them. */

import { share } from "./bars.js";
import { formatDay } from "../shared/date_text.js";
import { civil } from "../shared/dates.js";

/** @typedef {import("./bars.js").Bars} Bars */
/** @typedef {import("../map/paint.js").Inks} Inks */

export const GUTTER = 16; // pixels at both ends, for the handles
const FAINT = 0.32;

/**
 * Draw the bars.
 * @param {CanvasRenderingContext2D} pen @param {Bars} bars @param {{wide: number, high: number}} size in pixels, the gutters included
 * @param {[number, number] | null} window days; see `bright` @param {Inks} ink
 */
export function columns(pen, bars, { wide, high }, window, ink) {
  const { edges: list, stacks, slugs } = bars;
  const n = list.length - 1;
  const totals = new Float64Array(n);
  for (const stack of stacks) for (let b = 0; b < n; b++) totals[b] = (totals[b] ?? 0) + (stack[b] ?? 0);
  const highest = Math.max(1e-9, ...totals);
  const each = (wide - 2 * GUTTER) / n;
  const gap = each > 4 ? 1 : 0;
  const fills = slugs.map((slug) => (slug ? ink.fill(slug) : ink.soft));
  const shown = bright(list, window);
  for (let b = 0; b < n; b++) {
    pen.globalAlpha = shown(b) ? 1 : FAINT;
    const total = totals[b] ?? 0;
    // A bar of few is still to be seen; its parts keep their shares.
    const scale = Math.max(2, (total / highest) * (high - 8)) / (total || 1);
    let y = high;
    for (let at = 0; at < stacks.length; at++) {
      const tall = (stacks[at]?.[b] ?? 0) * scale;
      if (!tall) continue;
      y -= tall;
      pen.fillStyle = fills[at] ?? ink.soft;
      pen.fillRect(GUTTER + b * each + gap / 2, y, Math.min(each - gap, 40), tall - (tall > 3 ? 0.6 : 0));
    }
  }
  pen.globalAlpha = 1;
}

/**
 * Tell which bars are drawn in full: those wholly inside the window, or, where it is narrower than any, those it lies in.
 * @param {number[]} list first days of the bars, and the one after the last @param {[number, number] | null} window first and last day, both inside
 * @returns {(bar: number) => boolean}
 */
export function bright(list, window) {
  if (!window) return () => true;
  const [from, to] = window;
  const whole = (/** @type {number} */ b) => (list[b] ?? 0) >= from && (list[b + 1] ?? 0) - 1 <= to;
  if (list.some((_, b) => b + 1 < list.length && whole(b))) return whole;
  return (b) => (list[b] ?? 0) <= to && (list[b + 1] ?? 0) > from;
}

/** Tint the days over which one event may lie. @param {CanvasRenderingContext2D} pen @param {Bars} bars @param {{wide: number, high: number}} size @param {[number, number]} days @param {Inks} ink */
export function doubt(pen, bars, { wide, high }, days, ink) {
  const [from = 0, to = 0] = days.map((day) => GUTTER + share(bars.edges, day) * (wide - 2 * GUTTER));
  pen.globalAlpha = 0.07;
  pen.fillStyle = ink.ink;
  pen.fillRect(from, 0, Math.max(3, to - from), high);
  pen.globalAlpha = 0.45;
  pen.fillRect(from, 1, Math.max(3, to - from), 3);
  pen.globalAlpha = 1;
}

/**
 * Choose what stands below the bars: years that are round, or days where there are too few of them.
 * @param {Bars} bars @param {number} wide pixels @returns {{at: number, text: string}[]} numbers of bars, and their words
 */
export function ticks({ edges: list, unit }, wide) {
  const n = list.length - 1;
  const years = list.slice(0, n).map((day, at) => ({ at, year: civil(day)[0] ?? 0 })).filter((one, i, all) => i === 0 ? civil(list[0] ?? 0)[1] === 1 : one.year !== all[i - 1]?.year);
  const most = Math.max(2, Math.floor(wide / 64));
  const nice = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 5000, 1e4, 1e5];
  const every = nice.find((size) => years.filter((one) => one.year % size === 0).length <= most) ?? 1e6;
  const found = years.filter((one) => one.year % every === 0).map((one) => ({ at: one.at, text: String(one.year) }));
  if (found.length >= 2 || !["day", "week", "month"].includes(unit)) return found;
  const size = Math.max(1, Math.ceil(n / Math.max(2, Math.floor(wide / 120))));
  return list.slice(0, n).map((day, at) => ({ at, text: formatDay(day) })).filter((one) => one.at % size === 0);
}
