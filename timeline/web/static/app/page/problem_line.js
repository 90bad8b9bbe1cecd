// @ts-check
/** The line that says what went wrong, in the page's language, and offers the next step. */

import { Gone, Overtaken, Refused } from "../shared/fetch.js";
import { translate } from "../shared/messages.js";

export class Trouble {
  /** @param {HTMLElement} box @param {{again: () => void, clear: () => void, leave: () => void}} steps */
  constructor(box, steps) {
    this.box = box;
    this.steps = steps;
    this.next = steps.again;
    this.told = 0; // how often
    const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (box.querySelector(name));
    this.text = find("p");
    this.detail = find(".detail");
    this.button = find("button");
    this.button.addEventListener("click", () => this.next());
  }

  /** Tell of an error, but not of a question that a later one made needless. @param {unknown} error */
  tell(error) {
    if (error instanceof Overtaken) return;
    this.detail.textContent = error instanceof Refused ? error.message : ""; // the server's own sentence
    this.detail.hidden = !this.detail.textContent;
    // What was asked, and not the server, is at fault.
    if (error instanceof Refused) this.offer("refused", "clear", this.steps.clear);
    else if (error instanceof Gone) this.offer("gone", "close", this.steps.leave);
    else this.offer("failed", "try_again", this.steps.again);
  }

  /** @param {string} text @param {string} label @param {() => void} step */
  offer(text, label, step) {
    this.next = step;
    this.told++;
    this.text.textContent = translate(text);
    this.button.textContent = translate(label);
    this.box.hidden = false;
  }
}
