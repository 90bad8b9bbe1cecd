// @ts-check
/** The list next to the map. It grows as the reader scrolls; each row opens the card of its event. */

import { makeRow } from "./row.js";
import { translate } from "../shared/messages.js";

/** @typedef {import("../data/types.js").Row} Row */
/** @typedef {(from: number, count: number) => Promise<import("../data/types.js").Rows>} LoadRows */

const ROWS_PER_PAGE = 40;
const PRELOAD_MARGIN = "300px"; // below what the reader sees

/** Return a key that is the same for rows that look the same. @param {Row} row */
const keyOf = (row) => [row.id, row.category, row.date, row.title].join("\n");

export class List {
  /** @param {HTMLElement} box `<ol>` @param {LoadRows} load @param {(error: unknown) => void} onError */
  constructor(box, load, onError) {
    this.box = box;
    this.load = load;
    this.onError = onError;
    /** @type {Row[]} */
    this.rows = [];
    this.hasMore = false;
    this.isGrowing = false;
    this.turn = 0; // of `show`: an answer to an earlier one is not drawn
    /** @type {string | undefined} */
    this.openId = undefined;
    this.side = box.closest(".side");
    this.wasScrolled = false; // to scroll to the top in each frame of a drag would lay out the page each time
    this.side?.addEventListener("scroll", () => (this.wasScrolled = true), { passive: true });
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "plain";
    this.button.textContent = translate("show_more");
    this.button.hidden = true;
    this.button.addEventListener("click", () => this.grow(true));
    box.after(this.button);
    this.observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && this.rows.length && this.grow(false),
      { rootMargin: PRELOAD_MARGIN },
    );
    this.observer.observe(this.button);
  }

  stop() {
    this.observer.disconnect();
    this.button.remove();
  }

  /** Show the first rows, and return the number of events in the whole list. @param {number} [count] of rows @returns {Promise<number>} */
  async show(count = ROWS_PER_PAGE) {
    const turn = ++this.turn;
    const { rows, total, more } = await this.load(0, count);
    if (turn !== this.turn) return total;
    // Elements of rows that stay are moved: a dragged window changes only a few rows in each frame.
    const elements = new Map(this.rows.map((row, i) => [keyOf(row), this.box.children[i]]));
    this.box.replaceChildren(...rows.map((row) => elements.get(keyOf(row)) ?? makeRow(row, this.openId)));
    this.rows = rows;
    this.setMore(more);
    if (this.wasScrolled) this.side?.scrollTo(0, 0);
    this.wasScrolled = false;
    return total;
  }

  /** @param {boolean} more */
  setMore(more) {
    this.hasMore = more;
    this.button.hidden = !more;
  }

  /** Append the next page of rows. @param {boolean} byHand moves the focus to the first new row */
  async grow(byHand) {
    if (!this.hasMore || this.isGrowing) return;
    this.isGrowing = true;
    const turn = this.turn;
    try {
      const { rows, more } = await this.load(this.rows.length, ROWS_PER_PAGE);
      if (turn !== this.turn) return;
      const elements = rows.map((row) => makeRow(row, this.openId));
      this.rows.push(...rows);
      this.box.append(...elements);
      this.setMore(more);
      if (byHand) elements[0]?.querySelector("a")?.focus();
    } catch (error) {
      this.onError(error);
    } finally {
      this.isGrowing = false;
    }
  }

  /** Mark the row whose card is open. @param {string | undefined} id */
  markOpen(id) {
    this.openId = id;
    for (const link of this.box.querySelectorAll("a.row")) {
      const isOpen = id !== undefined && /** @type {HTMLElement} */ (link.parentElement).dataset["id"] === id;
      if (isOpen) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  /** Return the id of the event before (-1) or after (1) another; null at the ends. @param {string} id @param {number} step @returns {Promise<string | null>} */
  async neighbour(id, step) {
    const position = this.rows.findIndex((row) => row.id === id);
    if (step > 0 && position === this.rows.length - 1 && this.hasMore) await this.grow(false);
    return this.rows[position < 0 ? 0 : position + step]?.id ?? null;
  }
}
