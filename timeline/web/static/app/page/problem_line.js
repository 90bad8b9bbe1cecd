// @ts-check
/** The line that reports a failed request in the page's language, with a button for the next step. */

import { BadRequest, NotFound, Superseded } from "../shared/fetch.js";
import { translate } from "../shared/messages.js";

/** @typedef {{retry: () => void, clearFilter: () => void, leaveEvent: () => void}} Steps */

export class ProblemLine {
  /** @param {HTMLElement} box @param {Steps} steps @param {AbortSignal} signal ends the listener */
  constructor(box, steps, signal) {
    this.box = box;
    this.steps = steps;
    this.nextStep = steps.retry;
    this.count = 0; // of errors shown so far
    const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (box.querySelector(selector));
    this.text = find("p");
    this.detail = find(".detail");
    this.button = find("button");
    this.button.addEventListener("click", () => this.nextStep(), { signal });
  }

  /** Show an error, unless a later request replaced the failed one. @param {unknown} error */
  show(error) {
    if (error instanceof Superseded) return;
    this.detail.textContent = error instanceof BadRequest ? error.message : "";
    this.detail.hidden = !this.detail.textContent;
    if (error instanceof BadRequest) this.offer("refused", "clear", this.steps.clearFilter);
    else if (error instanceof NotFound) this.offer("gone", "close", this.steps.leaveEvent);
    else this.offer("failed", "try_again", this.steps.retry);
  }

  /** @param {string} text key of a message @param {string} label key of the button's label @param {() => void} step */
  offer(text, label, step) {
    this.nextStep = step;
    this.count++;
    this.text.textContent = translate(text);
    this.button.textContent = translate(label);
    this.box.hidden = false;
  }
}
