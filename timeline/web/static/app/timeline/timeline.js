// @ts-check
/** The timeline: bars by category, a window over them, date fields, and play. */

import { positionOf } from "./bars.js";
import { Brush } from "./brush.js";
import { GUTTER, chooseLabels, drawBars, drawDoubt } from "./draw.js";
import { formatDay, formatSpan } from "../shared/date_text.js";
import { DAY, civil, iso, parseDay, parseInterval } from "../shared/dates.js";
import { translate } from "../shared/messages.js";
import { readPalette } from "../shared/palette.js";

/** @typedef {import("./types.js").Days} Days */
/** @typedef {import("./types.js").Bars} Bars */

const MIN_BARS = 24;
const PIXELS_PER_BAR = 6.5;
const DEFAULT_WIDTH = 600; // pixels, before the page is laid out
const PIXELS_PER_CHARACTER = 7; // of a label
const MAX_DAY_OF_FIELD = 2e6; // since 1970: date fields take four digits of a year
const PLAY_MS = 12000; // from the first bar to the last
const MIN_STEP_MS = 80;
const MAX_STEP_MS = 600;
const REDUCED_STEP_MS = 1500; // for readers who want less motion
const NO_DAYS = /** @type {Days} */ ([Infinity, -Infinity]);
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

export class Timeline {
  /**
   * @param {HTMLElement} box
   * @param {(datetime: string | null, done: boolean) => void} onChange another window; `done` is false while it is dragged
   * @param {() => void} onResize the width has room for other bars
   * @param {AbortSignal} signal ends the listeners
   */
  constructor(box, onChange, onResize, signal) {
    this.box = box;
    this.onChange = onChange;
    this.onResize = onResize;
    /** @type {Bars | null} */
    this.bars = null;
    /** @type {Days | null} null for all dates */
    this.window = null;
    /** @type {Days | null} on which the open event may have happened */
    this.doubt = null;
    this.showsUndated = false; // only undated events are chosen, and no bar is
    this.rtl = document.dir === "rtl";
    const find = (/** @type {string} */ selector) => /** @type {any} */ (box.querySelector(selector));
    this.stage = /** @type {HTMLElement} */ (find(".stage-bars"));
    this.canvas = /** @type {HTMLCanvasElement} */ (find(".stage-bars canvas"));
    this.frame = /** @type {HTMLElement} */ (find(".window"));
    this.handles = /** @type {HTMLElement[]} */ ([...box.querySelectorAll(".hand")]);
    this.ticks = /** @type {HTMLElement} */ (find(".ticks"));
    this.title = /** @type {HTMLElement} */ (find("h2"));
    this.playButton = /** @type {HTMLButtonElement} */ (find(".play"));
    this.allDates = /** @type {HTMLElement} */ (find(".wide"));
    this.fields = /** @type {HTMLInputElement[]} */ ([...box.querySelectorAll(".dates input")]);
    this.playTimer = 0;
    this.frameRequest = 0;
    this.size = { width: 0, height: 0 };
    this.maxBars = 0;
    this.palette = readPalette();
    this.resizeObserver = new ResizeObserver(() => this.resize());
    this.resizeObserver.observe(this.stage);
    this.brush = new Brush(this, signal);
    this.listen(signal);
  }

  stop() {
    this.resizeObserver.disconnect();
    clearInterval(this.playTimer);
    cancelAnimationFrame(this.frameRequest);
  }

  /** Return how many bars fit the width, and remember it. */
  measureMaxBars() {
    this.maxBars = Math.max(MIN_BARS, Math.floor((this.stage.clientWidth || DEFAULT_WIDTH) / PIXELS_PER_BAR));
    return this.maxBars;
  }

  resize() {
    const before = this.maxBars;
    // The size is kept: to read it while a window is dragged would lay out the page in each frame.
    this.size = { width: this.stage.clientWidth, height: this.stage.clientHeight };
    this.place();
    this.drawLabels();
    if (before !== this.measureMaxBars()) this.onResize();
  }

  /** Read the colours again, because the theme has changed. */
  recolour() {
    this.palette = readPalette();
    this.draw();
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.allDates.addEventListener("click", (event) => {
      event.preventDefault();
      this.pause();
      this.setWindow(null, true);
      this.handles[0]?.focus({ preventScroll: true }); // the clicked link is hidden now
    }, { signal });
    this.playButton.addEventListener("click", () => (this.playTimer ? this.pause() : this.play()), { signal });
    this.fields.forEach((field) => field.addEventListener("change", () => this.readFields(), { signal }));
  }

  /** @param {Bars} bars */
  show(bars) {
    this.bars = bars;
    this.box.classList.toggle("bare", bars.edges.length < 2);
    this.drawLabels();
    this.place();
  }

  /** Take the window from the address. @param {string | undefined} datetime @param {string | undefined} undated with "only" no bar is chosen */
  read(datetime, undated) {
    const showsUndated = undated === "only";
    const interval = parseInterval(datetime);
    const window = interval ? /** @type {Days} */ ([Math.floor(interval[0] / DAY), Math.floor(interval[1] / DAY)]) : null;
    if (String(window) === String(this.window) && showsUndated === this.showsUndated) return; // a drag has drawn it already
    [this.window, this.showsUndated] = [window, showsUndated];
    this.place();
  }

  get first() {
    return this.bars?.edges[0] ?? 0;
  }
  get last() {
    return (this.bars?.edges.at(-1) ?? 1) - 1;
  }
  get edges() {
    return this.bars?.edges ?? [0, 1];
  }
  /** The window, within the bars. @returns {Days} */
  get visible() {
    const [from, to] = this.window ?? [-Infinity, Infinity];
    return [Math.min(Math.max(from, this.first), this.last), Math.max(Math.min(to, this.last), this.first)];
  }

  /** Change the window, and report it. @param {Days | null} window null for all dates @param {boolean} done */
  setWindow(window, done) {
    this.window = window && window[0] <= this.first && window[1] >= this.last ? null : window;
    this.report(done);
    // In a later frame than the map: text on a canvas has to wait for the styles of all elements changed before it.
    cancelAnimationFrame(this.frameRequest);
    this.frameRequest = requestAnimationFrame(() => this.place());
  }

  /** @param {boolean} done */
  report(done) {
    if (!this.window) return this.onChange(null, done);
    const [from, to] = this.window;
    this.onChange(`${from <= this.first ? ".." : iso(from)}/${to >= this.last ? ".." : iso(to)}`, done);
  }

  /** Take the window from the date fields. */
  readFields() {
    const [from, to] = this.fields.map((field) => parseDay(field.value));
    if (from === null && to === null) return this.setWindow(null, true);
    const window = /** @type {Days} */ ([from ?? -Infinity, to ?? Infinity]);
    if (window[0] > window[1]) window.reverse();
    this.setWindow(window, true);
  }

  /** Move the window bar by bar to the end, from the start if it is there already. */
  play() {
    if (!this.bars) return;
    const { edges } = this;
    const count = edges.length - 1;
    const [from, to] = this.visible.map((day, side) => Math.round(positionOf(edges, day + side) * count));
    let bar = this.window ? (from ?? 0) : 0;
    const length = Math.max(1, this.window ? (to ?? count) - bar : Math.round(count / 12));
    if (bar + length >= count) bar = -1;
    const step = () => {
      bar++;
      if (bar + length > count) return this.pause();
      this.setWindow([edges[bar] ?? 0, (edges[bar + length] ?? 1) - 1], false);
    };
    const milliseconds = reducedMotion.matches ? REDUCED_STEP_MS : Math.max(MIN_STEP_MS, Math.min(MAX_STEP_MS, PLAY_MS / count));
    this.playTimer = window.setInterval(step, milliseconds);
    this.labelPlayButton(true);
    step();
  }

  pause() {
    if (!this.playTimer) return;
    clearInterval(this.playTimer);
    this.playTimer = 0;
    this.labelPlayButton(false);
    this.report(true);
  }

  /** @param {boolean} plays */
  labelPlayButton(plays) {
    this.playButton.setAttribute("aria-pressed", String(plays));
    this.playButton.setAttribute("aria-label", translate(plays ? "pause" : "play"));
  }

  /** Update everything that depends on the window: its frame, its handles, the title, the fields, the bars. */
  place() {
    this.placeWindow();
    this.allDates.hidden = !this.window;
    this.title.textContent = this.titleText();
    const text = (/** @type {number} */ day) => (Math.abs(day) < MAX_DAY_OF_FIELD && civil(day)[0] > 0 ? iso(day) : "");
    this.fields.forEach((field, side) => {
      const day = this.window?.[side] ?? Infinity;
      if (document.activeElement !== field) field.value = text(day);
    });
    this.draw();
  }

  titleText() {
    if (!this.bars || this.bars.edges.length < 2) return translate("timeline");
    return this.window ? formatSpan(...this.visible) : formatSpan(...(this.bars.extent ?? this.visible), this.bars.unit);
  }

  placeWindow() {
    const [from, to] = this.visible;
    const inner = Math.max(1, this.size.width - 2 * GUTTER);
    const [start = 0, end = 0] = [from, to + 1].map((day) => GUTTER + positionOf(this.edges, day) * inner);
    this.frame.hidden = !this.window;
    this.frame.style.insetInlineStart = `${start}px`;
    this.frame.style.inlineSize = `${Math.max(0, end - start)}px`;
    this.handles.forEach((handle, side) => {
      const day = side ? to : from;
      handle.style.insetInlineStart = `${side ? end : start}px`;
      handle.setAttribute("aria-valuemin", String(side ? from : this.first));
      handle.setAttribute("aria-valuemax", String(side ? this.last : to));
      handle.setAttribute("aria-valuenow", String(day));
      handle.setAttribute("aria-valuetext", formatDay(day));
    });
  }

  draw() {
    const { width, height } = this.size;
    const ratio = devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * ratio)) this.canvas.width = Math.round(width * ratio);
    if (this.canvas.height !== Math.round(height * ratio)) this.canvas.height = Math.round(height * ratio);
    const pen = this.canvas.getContext("2d");
    if (!pen || !this.bars || width < 2) return;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    if (this.rtl) {
      pen.translate(width, 0);
      pen.scale(-1, 1);
    }
    drawBars(pen, this.bars, this.size, this.showsUndated ? NO_DAYS : this.window && this.visible, this.palette);
    if (this.doubt) drawDoubt(pen, this.bars, this.size, this.doubt, this.palette);
  }

  /** Write the labels below the bars, except those that would not end within the canvas. */
  drawLabels() {
    if (!this.bars || this.size.width < 2) return;
    const inner = this.size.width - 2 * GUTTER;
    const start = (/** @type {number} */ bar) => (bar / (this.edges.length - 1)) * inner;
    const end = (/** @type {{bar: number, text: string}} */ { bar, text }) => start(bar) + PIXELS_PER_CHARACTER * text.length + 6;
    const labels = chooseLabels(this.bars, this.size.width).filter((label) => end(label) < inner + GUTTER);
    this.ticks.replaceChildren(...labels.map(({ bar, text }) => {
      const tick = document.createElement("span");
      tick.textContent = text;
      tick.style.insetInlineStart = `${GUTTER + start(bar)}px`;
      return tick;
    }));
  }
}
