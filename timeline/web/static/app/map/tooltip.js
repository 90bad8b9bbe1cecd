// @ts-check
/** The words beside the pointer: what the mark or the tinted country under it is. */

import { radius } from "./clusters.js";
import { translate } from "../shared/messages.js";

/** @typedef {import("./clusters.js").Mark} Mark */

export class Tip {
  /** @param {HTMLElement} box of the map */
  constructor(box) {
    this.box = box;
    this.shown = document.createElement("p");
    this.shown.className = "tip";
    this.shown.hidden = true;
    this.shown.setAttribute("aria-hidden", "true");
  }

  hide() {
    this.shown.hidden = true;
  }

  /** Tell of a mark. @param {Mark} mark @param {[number, number]} spot pixels from the box's corner */
  mark(mark, [x, y]) {
    this.say(mark.count > 1 ? translate("events", { n: mark.count }) : (mark.title ?? ""), x, y - radius(mark));
  }

  /** Tell of an area under the pointer. @param {string} name @param {MouseEvent} event */
  area(name, event) {
    const { left, top } = this.box.getBoundingClientRect();
    this.say(name, event.clientX - left, event.clientY - top - 4);
  }

  /** @param {string} text @param {number} x @param {number} y */
  say(text, x, y) {
    this.shown.textContent = text;
    this.shown.hidden = false;
    this.shown.style.insetBlockStart = `${y - 8}px`;
    this.shown.style.left = `${Math.min(Math.max(x, 90), this.box.clientWidth - 90)}px`;
  }
}
