// @ts-check
/** The timeline: a stacked histogram, a window over it with two handles, date fields beside it, and play. */

import { around, dayAt, share } from "./bars.js";
import { GUTTER, columns, doubt, ticks } from "./draw.js";
import { inks } from "../map/paint.js";
import { DAY, civil, parseDay, parseInterval, iso } from "../shared/dates.js";
import { formatDay, formatSpan } from "../shared/date_text.js";
import { translate } from "../shared/messages.js";

/** @typedef {import("./bars.js").Bars} Bars */

const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Timeline {
  /** @param {HTMLElement} box @param {(datetime: string | null, done: boolean) => void} chosen */
  constructor(box, chosen) {
    this.box = box;
    this.chosen = chosen;
    /** @type {Bars | null} */
    this.bars = null;
    /** @type {[number, number] | null} first and last day, both inside; null for all */
    this.window = null;
    /** @type {[number, number] | null} days over which the open event may lie */
    this.doubt = null;
    this.none = false; // no bar is chosen
    this.rtl = document.dir === "rtl";
    const get = (/** @type {string} */ name) => /** @type {HTMLElement} */ (box.querySelector(`.${name}`));
    this.stage = get("stage-bars");
    this.canvas = /** @type {HTMLCanvasElement} */ (this.stage.querySelector("canvas"));
    this.frame = get("window");
    this.hands = /** @type {HTMLElement[]} */ ([...box.querySelectorAll(".hand")]);
    this.ticks = get("ticks");
    this.title = /** @type {HTMLElement} */ (box.querySelector("h2"));
    this.playing = /** @type {HTMLButtonElement} */ (box.querySelector(".play"));
    this.all = /** @type {HTMLElement} */ (box.querySelector(".wide"));
    this.fields = /** @type {HTMLInputElement[]} */ ([...box.querySelectorAll(".dates input")]);
    this.timer = 0;
    this.placing = 0;
    this.size = { wide: 0, high: 0 };
    this.fitted = 0;
    this.ink = inks();
    /** Told when another width asks for other bars. @type {() => void} */
    this.needs = () => undefined;
    new ResizeObserver(() => this.resized()).observe(this.stage);
    this.listen();
  }

  /** Bars that fit the width. */
  get most() {
    this.fitted = Math.max(24, Math.floor((this.stage.clientWidth || 600) / 6.5));
    return this.fitted;
  }

  resized() {
    const before = this.fitted;
    // Kept, since asking for it while a window is dragged would lay out the page anew in each frame.
    this.size = { wide: this.stage.clientWidth, high: this.stage.clientHeight };
    this.place();
    this.label();
    if (before !== this.most) this.needs();
  }

  /** Take the colours anew. */
  recolour() {
    this.ink = inks();
    this.draw();
  }

  listen() {
    this.stage.addEventListener("pointerdown", (event) => this.grab(event));
    this.hands.forEach((hand, side) => hand.addEventListener("keydown", (event) => this.key(event, side)));
    this.all.addEventListener("click", (event) => {
      event.preventDefault();
      this.pause();
      this.set(null, true);
      this.hands[0]?.focus({ preventScroll: true }); // the link is gone by now
    });
    this.playing.addEventListener("click", () => (this.timer ? this.pause() : this.play()));
    this.fields.forEach((field) => field.addEventListener("change", () => this.typed()));
  }

  /** @param {Bars} bars */
  show(bars) {
    this.bars = bars;
    this.box.classList.toggle("bare", bars.edges.length < 2);
    this.label();
    this.place();
  }

  /** @param {string | undefined} datetime @param {string | undefined} undated with "only" no bar counts */
  read(datetime, undated) {
    const none = undated === "only";
    const asked = parseInterval(datetime);
    const window = asked ? /** @type {[number, number]} */ ([Math.floor(asked[0] / DAY), Math.floor(asked[1] / DAY)]) : null;
    if (String(window) === String(this.window) && none === this.none) return; // it was drawn when the hand moved
    [this.window, this.none] = [window, none];
    this.place();
  }

  get first() {
    return this.bars?.edges[0] ?? 0;
  }
  get last() {
    return (this.bars?.edges.at(-1) ?? 1) - 1;
  }
  /** The window, cut to what is drawn. @returns {[number, number]} */
  get seen() {
    const [from, to] = this.window ?? [-Infinity, Infinity];
    return [Math.min(Math.max(from, this.first), this.last), Math.max(Math.min(to, this.last), this.first)];
  }

  /** Edges of the bars. */
  get list() {
    return this.bars?.edges ?? [0, 1];
  }

  /** @param {PointerEvent} event */
  shareOf(event) {
    const box = this.canvas.getBoundingClientRect();
    const at = (event.clientX - box.left - GUTTER) / Math.max(1, box.width - 2 * GUTTER);
    return this.rtl ? 1 - at : at;
  }

  /** @param {PointerEvent} event */
  grab(event) {
    if (event.button || !this.bars) return;
    this.pause();
    const at = this.shareOf(event);
    const [from, to] = this.seen;
    const [left, right] = [share(this.list, from), share(this.list, to + 1)];
    const reach = 22 / Math.max(1, this.size.wide - 2 * GUTTER);
    const hand = event.target instanceof Element ? this.hands.indexOf(/** @type {HTMLElement} */ (event.target.closest(".hand"))) : -1;
    const near = [Math.abs(at - left), Math.abs(at - right)];
    const side = hand >= 0 ? hand : Math.min(...near) < reach / 2 ? (near[0] < near[1] ? 0 : 1) : -1;
    const move = this.window && side < 0 && at > left && at < right; // with all chosen, a drag draws a window
    const begun = dayAt(this.list, at, false);
    const size = to - from;
    let moved = false;
    this.stage.setPointerCapture(event.pointerId);
    event.preventDefault();
    if (side >= 0) this.hands[side]?.focus({ preventScroll: true });
    const drag = (/** @type {PointerEvent} */ now) => {
      if (!moved && Math.abs(now.clientX - event.clientX) < 4) return;
      moved = true;
      const to = this.shareOf(now);
      if (side >= 0) return this.pull(side, dayAt(this.list, to), false);
      if (move) return this.shift(dayAt(this.list, left + to - at), size, false);
      const [a, b] = [dayAt(this.list, share(this.list, begun)), dayAt(this.list, to)];
      this.set(a === b ? around(this.list, begun) : [Math.min(a, b), Math.max(a, b) - 1], false);
    };
    const done = () => {
      this.stage.removeEventListener("pointermove", drag);
      this.stage.removeEventListener("pointerup", done);
      this.stage.removeEventListener("pointercancel", done);
      if (moved) this.told(true);
      else if (side < 0) this.set(around(this.list, begun), true); // a click chooses a bar
    };
    this.stage.addEventListener("pointermove", drag);
    this.stage.addEventListener("pointerup", done);
    this.stage.addEventListener("pointercancel", done);
  }

  /** Move one handle to an edge. @param {number} side @param {number} edge @param {boolean} done */
  pull(side, edge, done) {
    const [from, to] = this.seen;
    if (side === 0) this.set([Math.min(edge, around(this.list, to)[0]), to], done);
    else this.set([from, Math.max(edge - 1, around(this.list, from)[1])], done);
  }

  /** @param {number} from @param {number} size @param {boolean} done */
  shift(from, size, done) {
    const start = Math.min(Math.max(from, this.first), Math.max(this.first, this.last - size));
    this.set([start, Math.min(start + size, this.last)], done);
  }

  /** @param {[number, number] | null} window @param {boolean} done */
  set(window, done) {
    this.window = window && window[0] <= this.first && window[1] >= this.last ? null : window;
    this.told(done);
    // After the map's canvas: words on a canvas wait for the style of all that was changed on the page before them.
    cancelAnimationFrame(this.placing);
    this.placing = requestAnimationFrame(() => this.place());
  }

  /** @param {boolean} done */
  told(done) {
    if (!this.window) return this.chosen(null, done);
    const [from, to] = this.window;
    this.chosen(`${from <= this.first ? ".." : iso(from)}/${to >= this.last ? ".." : iso(to)}`, done);
  }

  /** @param {KeyboardEvent} event @param {number} side */
  key(event, side) {
    const onward = this.rtl ? "ArrowLeft" : "ArrowRight";
    const back = this.rtl ? "ArrowRight" : "ArrowLeft";
    const by = { [onward]: 1, ArrowUp: 1, [back]: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    const edge = this.seen[side] ?? 0;
    const { list } = this;
    let to;
    if (event.key === "Home") to = list[0];
    else if (event.key === "End") to = list.at(-1);
    else if (by) to = list[Math.min(list.length - 1, Math.max(0, Math.round(share(this.list, edge + side) * (list.length - 1)) + by))];
    if (to === undefined) return;
    event.preventDefault();
    this.pause();
    this.pull(side, to, true);
  }

  typed() {
    const [from, to] = this.fields.map((field) => parseDay(field.value));
    if (from === null && to === null) return this.set(null, true);
    const window = /** @type {[number, number]} */ ([from ?? -Infinity, to ?? Infinity]);
    if (window[0] > window[1]) window.reverse();
    this.set(window, true);
  }

  play() {
    if (!this.bars) return;
    const { list } = this;
    const n = list.length - 1;
    const [from, to] = this.seen.map((day, side) => Math.round(share(list, day + side) * n));
    let at = this.window ? (from ?? 0) : 0;
    const size = Math.max(1, this.window ? (to ?? n) - at : Math.round(n / 12));
    if (at + size >= n) at = -1;
    const go = () => {
      at++;
      if (at + size > n) return this.pause();
      this.set([list[at] ?? 0, (list[at + size] ?? 1) - 1], false);
    };
    this.timer = window.setInterval(go, calm.matches ? 1500 : Math.max(80, Math.min(600, 12000 / n)));
    this.playing.setAttribute("aria-pressed", "true");
    this.playing.setAttribute("aria-label", translate("pause"));
    go();
  }

  pause() {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = 0;
    this.playing.setAttribute("aria-pressed", "false");
    this.playing.setAttribute("aria-label", translate("play"));
    this.told(true);
  }

  /** Put the window, its handles and its words where they belong. */
  place() {
    const [from, to] = this.seen;
    const inner = Math.max(1, this.size.wide - 2 * GUTTER);
    const [left, right] = [from, to + 1].map((day) => GUTTER + share(this.list, day) * inner);
    this.frame.hidden = !this.window;
    this.frame.style.insetInlineStart = `${left}px`;
    this.frame.style.inlineSize = `${Math.max(0, (right ?? 0) - (left ?? 0))}px`;
    this.hands.forEach((hand, side) => {
      hand.style.insetInlineStart = `${side ? right : left}px`;
      const day = side ? to : from;
      hand.setAttribute("aria-valuemin", String(side ? from : this.first));
      hand.setAttribute("aria-valuemax", String(side ? this.last : to));
      hand.setAttribute("aria-valuenow", String(day));
      hand.setAttribute("aria-valuetext", formatDay(day));
    });
    this.title.textContent = this.bars && this.bars.edges.length > 1 ? (this.window ? formatSpan(from, to) : formatSpan(...(this.bars.whole ?? [from, to]), this.bars.unit)) : translate("timeline");
    this.all.hidden = !this.window;
    const text = (/** @type {number} */ day) => (Number.isFinite(day) && Math.abs(day) < 2e6 && civil(day)[0] > 0 ? iso(day) : "");
    const [start, end] = this.window ?? [-Infinity, Infinity];
    for (const [field, day] of /** @type {const} */ ([[this.fields[0], start], [this.fields[1], end]])) {
      if (field && document.activeElement !== field) field.value = text(day);
    }
    this.draw();
  }

  draw() {
    const { wide, high } = this.size;
    const ratio = devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(wide * ratio)) this.canvas.width = Math.round(wide * ratio);
    if (this.canvas.height !== Math.round(high * ratio)) this.canvas.height = Math.round(high * ratio);
    const pen = this.canvas.getContext("2d");
    if (!pen || !this.bars || wide < 2) return;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, wide, high);
    if (this.rtl) {
      pen.translate(wide, 0);
      pen.scale(-1, 1);
    }
    columns(pen, this.bars, this.size, this.none ? [Infinity, -Infinity] : this.window && this.seen, this.ink);
    if (this.doubt) doubt(pen, this.bars, this.size, this.doubt, this.ink);
  }

  /** Write the words below the bars, where they are others by now. */
  label() {
    if (!this.bars || this.size.wide < 2) return;
    const n = this.list.length - 1;
    const inner = this.size.wide - 2 * GUTTER;
    const ends = (/** @type {{at: number, text: string}} */ one) => (one.at / n) * inner + 7 * one.text.length + 6;
    const found = ticks(this.bars, this.size.wide).filter((one) => ends(one) < inner + GUTTER);
    this.ticks.replaceChildren(...found.map((one) => {
      const tick = document.createElement("span");
      tick.textContent = one.text;
      tick.style.insetInlineStart = `${GUTTER + (one.at / n) * inner}px`;
      return tick;
    }));
  }
}
