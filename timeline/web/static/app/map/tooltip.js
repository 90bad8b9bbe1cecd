// @ts-check
/** The tooltip of the map: the mark or the tinted country under the pointer. */

import { radius } from "./clusters.js";
import { translate } from "../shared/messages.js";

/** @typedef {import("./types.js").Mark} Mark */

const GAP = 8; // pixels above what it describes
const MIN_SPACE = 90; // pixels from the middle of the tooltip to the sides of the map

export class Tooltip {
  /** @param {HTMLElement} box of the map */
  constructor(box) {
    this.box = box;
    this.element = document.createElement("p");
    this.element.className = "tip";
    this.element.hidden = true;
    this.element.setAttribute("aria-hidden", "true");
  }

  hide() {
    this.element.hidden = true;
  }

  /** Show the title of a mark's event, or the number of its events. @param {Mark} mark @param {[number, number]} position pixels from the box's corner */
  showMark(mark, [x, y]) {
    this.show(mark.count > 1 ? translate("events", { n: mark.count }) : (mark.title ?? ""), x, y - radius(mark));
  }

  /** Show the name of the area under the pointer. @param {string} name @param {MouseEvent} event */
  showArea(name, event) {
    const { left, top } = this.box.getBoundingClientRect();
    this.show(name, event.clientX - left, event.clientY - top - 4);
  }

  /** @param {string} text @param {number} x @param {number} y */
  show(text, x, y) {
    this.element.textContent = text;
    this.element.hidden = false;
    this.element.style.insetBlockStart = `${y - GAP}px`;
    this.element.style.left = `${Math.min(Math.max(x, MIN_SPACE), this.box.clientWidth - MIN_SPACE)}px`;
  }
}
