// @ts-check
/** The window over the bars: drawn, moved and resized with a pointer, and by the keys of its two handles. */

import { barAround, dayAt, positionOf } from "./bars.js";
import { GUTTER } from "./draw.js";

/** @typedef {import("./types.js").BrushTarget} BrushTarget */
/** @typedef {import("./types.js").Grip} Grip */

const TOUCH_PIXELS = 22; // around a handle, both sides together
const MIN_DRAG_PIXELS = 4; // a shorter drag is a click
const PAGE_OF_BARS = 10; // that Page Up and Page Down move a handle

export class Brush {
  /** @param {BrushTarget} timeline @param {AbortSignal} signal ends the listeners */
  constructor(timeline, signal) {
    this.timeline = timeline;
    timeline.stage.addEventListener("pointerdown", (event) => this.press(event), { signal });
    timeline.handles.forEach((handle, side) => handle.addEventListener("keydown", (event) => this.key(event, side), { signal }));
  }

  /** Return the position of a pointer among the bars, 0 to 1. @param {PointerEvent} event */
  position(event) {
    const box = this.timeline.canvas.getBoundingClientRect();
    const position = (event.clientX - box.left - GUTTER) / Math.max(1, box.width - 2 * GUTTER);
    return this.timeline.rtl ? 1 - position : position;
  }

  /** @param {PointerEvent} event @returns {Grip} */
  gripOf(event) {
    const { edges, visible, window, handles, size } = this.timeline;
    const position = this.position(event);
    const [from, to] = visible;
    const [left, right] = [positionOf(edges, from), positionOf(edges, to + 1)];
    const pressed = event.target instanceof Element ? handles.indexOf(/** @type {HTMLElement} */ (event.target.closest(".hand"))) : -1;
    const distances = [Math.abs(position - left), Math.abs(position - right)];
    const reach = TOUCH_PIXELS / Math.max(1, size.width - 2 * GUTTER);
    const nearest = Math.min(...distances) < reach / 2 ? (distances[0] < distances[1] ? 0 : 1) : -1;
    const side = pressed >= 0 ? pressed : nearest;
    // Without a window a drag draws one.
    const moves = window !== null && side < 0 && position > left && position < right;
    return { side, moves, position, left, day: dayAt(edges, position, false), length: to - from };
  }

  /** @param {PointerEvent} event */
  press(event) {
    const { timeline } = this;
    const { stage } = timeline;
    if (event.button || !timeline.bars) return;
    timeline.pause();
    const grip = this.gripOf(event);
    let hasMoved = false;
    stage.setPointerCapture(event.pointerId);
    event.preventDefault();
    if (grip.side >= 0) timeline.handles[grip.side]?.focus({ preventScroll: true });
    const drag = (/** @type {PointerEvent} */ move) => {
      if (!hasMoved && Math.abs(move.clientX - event.clientX) < MIN_DRAG_PIXELS) return;
      hasMoved = true;
      this.drag(grip, this.position(move));
    };
    const release = () => {
      stage.removeEventListener("pointermove", drag);
      stage.removeEventListener("pointerup", release);
      stage.removeEventListener("pointercancel", release);
      if (hasMoved) timeline.report(true);
      else if (grip.side < 0) timeline.setWindow(barAround(timeline.edges, grip.day), true); // a click chooses a bar
    };
    stage.addEventListener("pointermove", drag);
    stage.addEventListener("pointerup", release);
    stage.addEventListener("pointercancel", release);
  }

  /** Move a handle, move the window, or draw a window. @param {Grip} grip @param {number} position 0 to 1 */
  drag(grip, position) {
    const { edges } = this.timeline;
    if (grip.side >= 0) return this.moveHandle(grip.side, dayAt(edges, position), false);
    if (grip.moves) return this.moveWindow(dayAt(edges, grip.left + position - grip.position), grip.length);
    const [start, end] = [dayAt(edges, positionOf(edges, grip.day)), dayAt(edges, position)];
    this.timeline.setWindow(start === end ? barAround(edges, grip.day) : [Math.min(start, end), Math.max(start, end) - 1], false);
  }

  /** Move a handle to an edge of a bar; the window stays at least a bar wide. @param {number} side @param {number} edge @param {boolean} done */
  moveHandle(side, edge, done) {
    const { edges, visible: [from, to] } = this.timeline;
    if (side === 0) this.timeline.setWindow([Math.min(edge, barAround(edges, to)[0]), to], done);
    else this.timeline.setWindow([from, Math.max(edge - 1, barAround(edges, from)[1])], done);
  }

  /** Move the window, which keeps its length and stays within the bars. @param {number} from @param {number} length in days, less one */
  moveWindow(from, length) {
    const { edges } = this.timeline;
    const [first, last] = [edges[0] ?? 0, (edges.at(-1) ?? 1) - 1];
    const start = Math.min(Math.max(from, first), Math.max(first, last - length));
    this.timeline.setWindow([start, Math.min(start + length, last)], false);
  }

  /** Move a handle by its keys. @param {KeyboardEvent} event @param {number} side */
  key(event, side) {
    const { edges, visible, rtl } = this.timeline;
    const [next, previous] = rtl ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
    const steps = { [next]: 1, ArrowUp: 1, [previous]: -1, ArrowDown: -1, PageUp: PAGE_OF_BARS, PageDown: -PAGE_OF_BARS }[event.key];
    const count = edges.length - 1;
    let edge;
    if (event.key === "Home") edge = edges[0];
    else if (event.key === "End") edge = edges.at(-1);
    else if (steps) edge = edges[Math.min(count, Math.max(0, Math.round(positionOf(edges, (visible[side] ?? 0) + side) * count) + steps))];
    if (edge === undefined) return;
    event.preventDefault();
    this.timeline.pause();
    this.moveHandle(side, edge, true);
  }
}
