// @ts-check
/** Draws the bars of the timeline on a canvas, and chooses the labels below them. */

import { positionOf } from "./bars.js";
import { formatDay, formatYear } from "../shared/date_text.js";
import { civil } from "../shared/dates.js";

/** @typedef {import("./types.js").Size} Size */
/** @typedef {import("./types.js").Bars} Bars */
/** @typedef {import("../shared/palette.js").Palette} Palette */

export const GUTTER = 16; // pixels at both ends, for the handles
const FAINT = 0.32; // opacity of bars outside the window
const MIN_BAR_HEIGHT = 2; // pixels
const MAX_BAR_WIDTH = 40;
const SPACE_ABOVE_BARS = 8;
const PIXELS_PER_YEAR_LABEL = 64;
const PIXELS_PER_DAY_LABEL = 120;
const YEAR_STEPS = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 5000, 1e4, 1e5];
const LONGEST_YEAR_STEP = 1e6;

/** Draw the bars. @param {CanvasRenderingContext2D} pen @param {Bars} bars @param {Size} size @param {[number, number] | null} window see `brightBars` @param {Palette} palette */
export function drawBars(pen, bars, { width, height }, window, palette) {
  const { edges, stacks, slugs } = bars;
  const count = edges.length - 1;
  const totals = new Float64Array(count);
  for (const stack of stacks) for (let b = 0; b < count; b++) totals[b] = (totals[b] ?? 0) + (stack[b] ?? 0);
  const highest = Math.max(1e-9, ...totals);
  const pitch = (width - 2 * GUTTER) / count;
  const gap = pitch > 4 ? 1 : 0;
  const fills = slugs.map((slug) => (slug ? palette.fill(slug) : palette.soft));
  const isBright = brightBars(edges, window);
  for (let b = 0; b < count; b++) {
    pen.globalAlpha = isBright(b) ? 1 : FAINT;
    const total = totals[b] ?? 0;
    // Low bars are raised to a visible height; the shares of their categories stay.
    const scale = Math.max(MIN_BAR_HEIGHT, (total / highest) * (height - SPACE_ABOVE_BARS)) / (total || 1);
    let y = height;
    for (let i = 0; i < stacks.length; i++) {
      const part = (stacks[i]?.[b] ?? 0) * scale;
      if (!part) continue;
      y -= part;
      pen.fillStyle = fills[i] ?? palette.soft;
      pen.fillRect(GUTTER + b * pitch + gap / 2, y, Math.min(pitch - gap, MAX_BAR_WIDTH), part - (part > 3 ? 0.6 : 0));
    }
  }
  pen.globalAlpha = 1;
}

/**
 * Return a test for the bars that are drawn at full strength: those wholly inside the window, or if it is narrower than
 * any bar, those that it touches.
 * @param {number[]} edges @param {[number, number] | null} window first and last day; null for all
 * @returns {(bar: number) => boolean}
 */
export function brightBars(edges, window) {
  if (!window) return () => true;
  const [from, to] = window;
  const isInside = (/** @type {number} */ b) => (edges[b] ?? 0) >= from && (edges[b + 1] ?? 0) - 1 <= to;
  if (edges.some((_, b) => b + 1 < edges.length && isInside(b))) return isInside;
  return (b) => (edges[b] ?? 0) <= to && (edges[b + 1] ?? 0) > from;
}

/** Shade the days on which the open event may have happened. @param {CanvasRenderingContext2D} pen @param {Bars} bars @param {Size} size @param {[number, number]} span days @param {Palette} palette */
export function drawDoubt(pen, bars, { width, height }, span, palette) {
  const [from = 0, to = 0] = span.map((day) => GUTTER + positionOf(bars.edges, day) * (width - 2 * GUTTER));
  const pixels = Math.max(3, to - from);
  pen.globalAlpha = 0.07;
  pen.fillStyle = palette.ink;
  pen.fillRect(from, 0, pixels, height);
  pen.globalAlpha = 0.45;
  pen.fillRect(from, 1, pixels, 3);
  pen.globalAlpha = 1;
}

/**
 * Return a test for round years as people count them: 100 BC, which is -99, if bars begin in every year. Longer bars begin at
 * multiples of ISO's years. Twin of is_round in timeline/web/stills/histogram.py.
 * @param {number[]} years in which bars begin @returns {(year: number, size: number) => boolean}
 */
export function roundYears(years) {
  const isYearly = years.some((year, position) => position > 0 && year - (years[position - 1] ?? 0) === 1);
  return (year, size) => (isYearly && year <= 0 ? year - 1 : year) % size === 0;
}

/**
 * Return the labels below the bars: round years, or days if there is room for less than two years.
 * @param {Bars} bars @param {number} width pixels @returns {{bar: number, text: string}[]}
 */
export function chooseLabels({ edges, unit }, width) {
  const firsts = edges.slice(0, -1);
  const yearOf = (/** @type {number} */ day) => civil(day)[0] ?? 0;
  const startsYear = (/** @type {number} */ day, /** @type {number} */ bar) =>
    bar === 0 ? civil(day)[1] === 1 : yearOf(day) !== yearOf(firsts[bar - 1] ?? 0);
  const years = firsts.map((day, bar) => ({ bar, year: yearOf(day), starts: startsYear(day, bar) })).filter(({ starts }) => starts);
  const maxLabels = Math.max(2, Math.floor(width / PIXELS_PER_YEAR_LABEL));
  const isRound = roundYears(years.map(({ year }) => year));
  const yearStep = YEAR_STEPS.find((size) => years.filter(({ year }) => isRound(year, size)).length <= maxLabels) ?? LONGEST_YEAR_STEP;
  const labels = years.filter(({ year }) => isRound(year, yearStep)).map(({ bar, year }) => ({ bar, text: formatYear(year) }));
  if (labels.length >= 2 || !["day", "week", "month"].includes(unit)) return labels;
  const barStep = Math.max(1, Math.ceil(firsts.length / Math.max(2, Math.floor(width / PIXELS_PER_DAY_LABEL))));
  return firsts.map((day, bar) => ({ bar, text: formatDay(day) })).filter(({ bar }) => bar % barStep === 0);
}
