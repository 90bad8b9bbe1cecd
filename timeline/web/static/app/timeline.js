// @ts-check
/** The timeline: a stacked histogram, a window over it with two handles, date fields beside it, and play. */

import { DAY, civil, day as readDay, days, interval, iso, monthsAfter } from "./when.js";
import { inks } from "./paint.js";
import { long, say, span } from "./words.js";

/** @typedef {{edges: number[], unit: string, stacks: Float64Array[], slugs: string[], whole?: [number, number], later?: Promise<Bars>}} Bars `edges`: first day of each bar, and of what follows */

const UNITS = /** @type {const} */ (["day", "week", "month", "quarter", "year", "lustrum", "decade", "century"]);
const LENGTH = { day: 1, week: 7, month: 30.4, quarter: 91.3, year: 365.25, lustrum: 1826, decade: 3652, century: 36524 };
const MONTHS = /** @type {Record<string, number>} */ ({ month: 1, quarter: 3, year: 12, lustrum: 60, decade: 120, century: 1200 });
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const GUTTER = 16;

/** Choose a unit that gives bars of some pixels, and the edges of the bars. @param {number} from @param {number} to days @param {number} most bars */
export function edges(from, to, most) {
  const unit = UNITS.find((one) => (to - from + 1) / LENGTH[one] <= most) ?? "century";
  const found = [floor(from, unit)];
  while ((found.at(-1) ?? 0) <= to && found.length < 5000) found.push(step(found.at(-1) ?? 0, unit, 1));
  return { unit, edges: found };
}

/** @param {number} at @param {string} unit */
function floor(at, unit) {
  if (unit === "day") return at;
  if (unit === "week") return at - ((((at + 3) % 7) + 7) % 7); // 1970-01-01 was a Thursday
  const [year, month] = /** @type {[number, number, number]} */ (civil(at));
  const size = MONTHS[unit] ?? 1;
  const all = Math.floor((year * 12 + month - 1) / size) * size;
  return days(Math.floor(all / 12), (((all % 12) + 12) % 12) + 1);
}

/** @param {number} at @param {string} unit @param {number} count */
function step(at, unit, count) {
  return unit === "day" ? at + count : unit === "week" ? at + 7 * count : monthsAfter(at, count * (MONTHS[unit] ?? 1));
}

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
    this.wide = 0;
    this.labelled = "";
    /** Told when another width asks for other bars. @type {() => void} */
    this.needs = () => undefined;
    new ResizeObserver(() => this.resized()).observe(this.stage);
    this.listen();
  }

  /** Bars that fit the width. */
  get most() {
    return Math.max(24, Math.floor((this.stage.clientWidth || 600) / 6.5));
  }

  resized() {
    const wide = this.stage.clientWidth;
    if (wide === this.wide) return this.draw();
    this.wide = wide;
    this.place();
    this.needs();
  }

  listen() {
    this.stage.addEventListener("pointerdown", (event) => this.grab(event));
    this.hands.forEach((hand, side) => hand.addEventListener("keydown", (event) => this.key(event, side)));
    this.all.addEventListener("click", (event) => {
      event.preventDefault();
      this.pause();
      this.set(null, true);
    });
    this.playing.addEventListener("click", () => (this.timer ? this.pause() : this.play()));
    this.fields.forEach((field) => field.addEventListener("change", () => this.typed()));
  }

  /** @param {Bars} bars */
  show(bars) {
    this.bars = bars;
    this.box.classList.toggle("bare", bars.edges.length < 2);
    this.draw();
  }

  /** @param {string | undefined} datetime */
  read(datetime) {
    const asked = interval(datetime);
    this.window = asked ? [Math.floor(asked[0] / DAY), Math.floor(asked[1] / DAY)] : null;
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

  /** Every bar is as wide as any other, so time runs in bars. @param {number} day @returns {number} 0 to 1 */
  share(day) {
    const list = this.bars?.edges ?? [0, 1];
    const n = list.length - 1;
    if (day <= (list[0] ?? 0)) return 0;
    if (day >= (list[n] ?? 1)) return 1;
    let [low, high] = [0, n];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((list[middle] ?? 0) <= day) low = middle;
      else high = middle;
    }
    const [a = 0, b = 1] = [list[low], list[low + 1]];
    return (low + (day - a) / (b - a)) / n;
  }

  /** @param {number} share @param {boolean} [round] to the nearest edge of a bar, else to the day */
  dayAt(share, round = true) {
    const list = this.bars?.edges ?? [0, 1];
    const n = list.length - 1;
    const at = Math.min(Math.max(share, 0), 1) * n;
    if (round) return list[Math.round(at)] ?? 0;
    const low = Math.min(Math.floor(at), n - 1);
    return Math.floor((list[low] ?? 0) + (at - low) * ((list[low + 1] ?? 0) - (list[low] ?? 0)));
  }

  /** @param {PointerEvent} event */
  shareOf(event) {
    const box = this.canvas.getBoundingClientRect();
    const share = (event.clientX - box.left - GUTTER) / Math.max(1, box.width - 2 * GUTTER);
    return this.rtl ? 1 - share : share;
  }

  /** @param {PointerEvent} event */
  grab(event) {
    if (event.button || !this.bars) return;
    this.pause();
    const at = this.shareOf(event);
    const [from, to] = this.seen;
    const [left, right] = [this.share(from), this.share(to + 1)];
    const reach = 22 / Math.max(1, (this.stage.clientWidth || 1) - 2 * GUTTER);
    const hand = event.target instanceof Element ? this.hands.indexOf(/** @type {HTMLElement} */ (event.target.closest(".hand"))) : -1;
    const near = [Math.abs(at - left), Math.abs(at - right)];
    const side = hand >= 0 ? hand : Math.min(...near) < reach / 2 ? (near[0] < near[1] ? 0 : 1) : -1;
    const move = this.window && side < 0 && at > left && at < right; // with all chosen, a drag draws a window
    const begun = this.dayAt(at, false);
    const size = to - from;
    let moved = false;
    this.stage.setPointerCapture(event.pointerId);
    event.preventDefault();
    if (side >= 0) this.hands[side]?.focus({ preventScroll: true });
    const drag = (/** @type {PointerEvent} */ now) => {
      if (!moved && Math.abs(now.clientX - event.clientX) < 4) return;
      moved = true;
      const share = this.shareOf(now);
      if (side >= 0) return this.pull(side, this.dayAt(share), false);
      if (move) return this.shift(this.dayAt(this.share(from) + share - at), size, false);
      const [a, b] = [this.dayAt(this.share(begun)), this.dayAt(share)];
      this.set(a === b ? this.bar(begun) : [Math.min(a, b), Math.max(a, b) - 1], false);
    };
    const done = () => {
      this.stage.removeEventListener("pointermove", drag);
      this.stage.removeEventListener("pointerup", done);
      this.stage.removeEventListener("pointercancel", done);
      if (moved) this.told(true);
      else if (side < 0) this.set(this.bar(begun), true); // a click chooses a bar
    };
    this.stage.addEventListener("pointermove", drag);
    this.stage.addEventListener("pointerup", done);
    this.stage.addEventListener("pointercancel", done);
  }

  /** @param {number} day @returns {[number, number]} the bar that holds it */
  bar(day) {
    const list = this.bars?.edges ?? [0, 1];
    const n = list.length - 1;
    const at = Math.min(n - 1, Math.floor(this.share(day) * n + 1e-9));
    return [list[at] ?? 0, (list[at + 1] ?? 1) - 1];
  }

  /** Move one handle to an edge. @param {number} side @param {number} edge @param {boolean} done */
  pull(side, edge, done) {
    const [from, to] = this.seen;
    if (side === 0) this.set([Math.min(edge, this.bar(to)[0]), to], done);
    else this.set([from, Math.max(edge - 1, this.bar(from)[1])], done);
  }

  /** @param {number} from @param {number} size @param {boolean} done */
  shift(from, size, done) {
    const start = Math.min(Math.max(from, this.first), Math.max(this.first, this.last - size));
    this.set([start, Math.min(start + size, this.last)], done);
  }

  /** @param {[number, number] | null} window @param {boolean} done */
  set(window, done) {
    this.window = window && window[0] <= this.first && window[1] >= this.last ? null : window;
    this.place();
    this.told(done);
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
    const list = this.bars?.edges ?? [0, 1];
    let to;
    if (event.key === "Home") to = list[0];
    else if (event.key === "End") to = list.at(-1);
    else if (by) to = list[Math.min(list.length - 1, Math.max(0, Math.round(this.share(edge + side) * (list.length - 1)) + by))];
    if (to === undefined) return;
    event.preventDefault();
    this.pause();
    this.pull(side, to, true);
  }

  typed() {
    const [from, to] = this.fields.map((field) => readDay(field.value));
    if (from === null && to === null) return this.set(null, true);
    const window = /** @type {[number, number]} */ ([from ?? -Infinity, to ?? Infinity]);
    if (window[0] > window[1]) window.reverse();
    this.set(window, true);
  }

  play() {
    if (!this.bars) return;
    const list = this.bars.edges;
    const n = list.length - 1;
    let at = this.window ? Math.round(this.share(this.seen[0]) * n) : 0;
    const size = this.window ? Math.max(1, Math.round((this.share(this.seen[1] + 1) - this.share(this.seen[0])) * n)) : Math.max(1, Math.round(n / 12));
    if (at + size >= n) at = -1;
    const go = () => {
      at++;
      if (at + size > n) return this.pause();
      this.set([list[at] ?? 0, (list[at + size] ?? 1) - 1], false);
    };
    this.timer = window.setInterval(go, calm.matches ? 1500 : Math.max(80, Math.min(600, 12000 / n)));
    this.playing.setAttribute("aria-pressed", "true");
    this.playing.setAttribute("aria-label", say("pause"));
    go();
  }

  pause() {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = 0;
    this.playing.setAttribute("aria-pressed", "false");
    this.playing.setAttribute("aria-label", say("play"));
    this.told(true);
  }

  /** Put the window, its handles and its words where they belong. */
  place() {
    const [from, to] = this.seen;
    const inner = Math.max(1, (this.stage.clientWidth || 1) - 2 * GUTTER);
    const [left, right] = [this.share(from), this.share(to + 1)].map((share) => GUTTER + share * inner);
    this.frame.hidden = !this.window;
    this.frame.style.insetInlineStart = `${left}px`;
    this.frame.style.inlineSize = `${Math.max(0, right - left)}px`;
    this.hands.forEach((hand, side) => {
      hand.style.insetInlineStart = `${side ? right : left}px`;
      const day = side ? to : from;
      hand.setAttribute("aria-valuemin", String(side ? from : this.first));
      hand.setAttribute("aria-valuemax", String(side ? this.last : to));
      hand.setAttribute("aria-valuenow", String(day));
      hand.setAttribute("aria-valuetext", long(day));
    });
    this.title.textContent = this.bars && this.bars.edges.length > 1 ? (this.window ? span(from, to) : span(...(this.bars.whole ?? [from, to]), this.bars.unit)) : say("timeline");
    this.all.hidden = !this.window;
    const text = (/** @type {number} */ day) => (Number.isFinite(day) && Math.abs(day) < 2e6 && civil(day)[0] > 0 ? iso(day) : "");
    const [start, end] = this.window ?? [-Infinity, Infinity];
    for (const [field, day] of /** @type {const} */ ([[this.fields[0], start], [this.fields[1], end]])) {
      if (field && document.activeElement !== field) field.value = text(day);
    }
    this.draw();
  }

  draw() {
    const [wide, high] = [this.stage.clientWidth, this.stage.clientHeight];
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
    this.columns(pen, wide - 2 * GUTTER, high);
    this.label();
  }

  /** @param {CanvasRenderingContext2D} pen @param {number} inner @param {number} high */
  columns(pen, inner, high) {
    const { edges: list, stacks, slugs } = /** @type {Bars} */ (this.bars);
    const n = list.length - 1;
    const ink = inks();
    const [from, to] = this.seen;
    let highest = 1e-9;
    for (let b = 0; b < n; b++) highest = Math.max(highest, stacks.reduce((sum, stack) => sum + (stack[b] ?? 0), 0));
    const wide = inner / n;
    const gap = wide > 4 ? 1 : 0;
    const room = high - 8;
    for (let b = 0; b < n; b++) {
      const inside = (list[b] ?? 0) >= from && (list[b + 1] ?? 0) - 1 <= to;
      pen.globalAlpha = inside || !this.window ? 1 : 0.32;
      let y = high;
      const total = stacks.reduce((sum, stack) => sum + (stack[b] ?? 0), 0);
      // A bar of few is still to be seen; its parts keep their shares.
      const scale = Math.max(2, (total / highest) * room) / (total || 1);
      stacks.forEach((stack, at) => {
        if (!stack[b]) return;
        const tall = (stack[b] ?? 0) * scale;
        y -= tall;
        pen.fillStyle = slugs[at] ? ink.fill(slugs[at]) : ink.soft;
        pen.fillRect(GUTTER + b * wide + gap / 2, y, Math.min(wide - gap, 40), tall - (tall > 3 ? 0.6 : 0));
      });
    }
    pen.globalAlpha = 1;
    if (this.doubt) {
      const [a, z] = this.doubt.map((day) => GUTTER + this.share(day) * inner);
      pen.globalAlpha = 0.07;
      pen.fillStyle = ink.ink;
      pen.fillRect(a, 0, Math.max(3, z - a), high);
      pen.globalAlpha = 0.45;
      pen.fillRect(a, 1, Math.max(3, z - a), 3);
      pen.globalAlpha = 1;
    }
  }

  label() {
    const { edges: list, unit } = /** @type {Bars} */ (this.bars);
    const n = list.length - 1;
    const years = list.slice(0, n).map((day, at) => ({ at, year: civil(day)[0] ?? 0 })).filter((one, i, all) => i === 0 ? civil(list[0] ?? 0)[1] === 1 : one.year !== all[i - 1]?.year);
    const most = Math.max(2, Math.floor((this.stage.clientWidth || 300) / 64));
    const nice = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 5000, 1e4, 1e5];
    const every = nice.find((size) => years.filter((one) => one.year % size === 0).length <= most) ?? 1e6;
    let found = years.filter((one) => one.year % every === 0).map((one) => ({ at: one.at, text: String(one.year) }));
    if (found.length < 2 && (unit === "day" || unit === "week" || unit === "month")) {
      const size = Math.max(1, Math.ceil(n / Math.max(2, Math.floor((this.stage.clientWidth || 300) / 120))));
      found = list.slice(0, n).map((day, at) => ({ at, text: long(day) })).filter((one) => one.at % size === 0);
    }
    const key = `${found.map((one) => one.text).join()}|${this.stage.clientWidth}|${n}`;
    if (key === this.labelled) return;
    this.labelled = key;
    const inner = (this.stage.clientWidth || 1) - 2 * GUTTER;
    this.ticks.replaceChildren(...found.filter((one) => (one.at / n) * inner < inner - 24).map((one) => {
      const tick = document.createElement("span");
      tick.textContent = one.text;
      tick.style.insetInlineStart = `${GUTTER + (one.at / n) * inner}px`;
      return tick;
    }));
  }
}
