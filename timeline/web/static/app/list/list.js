// @ts-check
/** The list beside the map: as many rows as are looked at, each a link that opens the card. */

import { facts, translate } from "../shared/messages.js";

/** @typedef {import("../data/local.js").Row} Row */
const PAGE = 40;
const SVG = "http://www.w3.org/2000/svg";

/** Draw a category's marker. @param {string} slug */
export function marker(slug) {
  const at = facts.categories.findIndex((kind) => kind.slug === slug);
  const drawn = document.createElementNS(SVG, "svg");
  drawn.setAttribute("class", "marker");
  drawn.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#m${at + 1}`);
  drawn.append(use);
  return drawn;
}

/** @param {Row} row @param {string | undefined} open */
export function line(row, open) {
  const item = document.createElement("li");
  item.className = "event";
  item.dataset["id"] = row.id;
  const link = document.createElement("a");
  link.className = "row";
  link.href = `${facts.root}/collections/events/items/${encodeURIComponent(row.id)}?f=html`;
  if (row.id === open) link.setAttribute("aria-current", "true");
  const label = facts.categories.find((kind) => kind.slug === row.category)?.label ?? row.category;
  const kind = document.createElement("span");
  kind.className = "unseen";
  kind.textContent = `${label}: `;
  const date = document.createElement("span");
  date.className = "date";
  date.textContent = row.date;
  const title = document.createElement("span");
  title.className = "title";
  title.dir = "auto";
  title.textContent = row.title;
  link.append(marker(row.category), date, kind, title);
  item.append(link);
  return item;
}

/** All that a line says. @param {Row} row */
const said = (row) => [row.id, row.category, row.date, row.title].join("\n");

export class List {
  /**
   * @param {HTMLElement} box `<ol>` @param {(from: number, count: number) => Promise<{rows: Row[], total: number, more: boolean}>} get
   * @param {(error: unknown) => void} failed
   */
  constructor(box, get, failed) {
    this.box = box;
    this.get = get;
    this.failed = failed;
    /** @type {Row[]} */
    this.rows = [];
    this.more = false;
    this.turn = 0;
    /** @type {string | undefined} */
    this.open = undefined;
    this.side = box.closest(".side");
    this.scrolled = false; // to go to the top without need would lay the page out at once, in every frame of a drag
    this.side?.addEventListener("scroll", () => (this.scrolled = true), { passive: true });
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "plain";
    this.button.textContent = translate("show_more");
    this.button.hidden = true;
    this.button.addEventListener("click", () => this.grow(true));
    box.after(this.button);
    new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.rows.length && this.grow(false), {
      rootMargin: "300px",
    }).observe(this.button);
  }

  /** Begin anew. @param {number} [count] rows to begin with @returns {Promise<number>} how many there are in all */
  async show(count = PAGE) {
    const turn = ++this.turn;
    const { rows, total, more } = await this.get(0, count);
    if (turn !== this.turn) return total;
    // What stays is moved, not made anew: a window that is dragged changes a few rows in each frame.
    const here = new Map(this.rows.map((row, at) => [said(row), this.box.children[at]]));
    this.box.replaceChildren(...rows.map((row) => here.get(said(row)) ?? line(row, this.open)));
    this.rows = rows;
    this.more = more;
    this.button.hidden = !more;
    if (this.scrolled) this.side?.scrollTo(0, 0);
    this.scrolled = false;
    return total;
  }

  /** @param {boolean} byHand */
  async grow(byHand) {
    if (!this.more || this.growing) return;
    this.growing = true;
    const turn = this.turn;
    try {
      const { rows, more } = await this.get(this.rows.length, PAGE);
      if (turn !== this.turn) return;
      const made = rows.map((row) => line(row, this.open));
      this.rows.push(...rows);
      this.more = more;
      this.box.append(...made);
      this.button.hidden = !more;
      if (byHand) made[0]?.querySelector("a")?.focus();
    } catch (error) {
      this.failed(error);
    } finally {
      this.growing = false;
    }
  }

  /** Mark the row whose card is open. @param {string | undefined} id */
  mark(id) {
    this.open = id;
    for (const link of this.box.querySelectorAll("a.row")) {
      const on = id !== undefined && /** @type {HTMLElement} */ (link.parentElement).dataset["id"] === id;
      if (on) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  /** Step to the event before (-1) or after (1) another. @param {string} id @param {number} by @returns {Promise<string | null>} */
  async beside(id, by) {
    const at = this.rows.findIndex((row) => row.id === id);
    if (by > 0 && at === this.rows.length - 1 && this.more) await this.grow(false);
    return this.rows[at < 0 ? 0 : at + by]?.id ?? null;
  }
}
