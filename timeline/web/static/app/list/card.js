// @ts-check
/** The card of one event, and the paged list of many at one place. Its text is the event's own page, made by the server. */

import { ask } from "../shared/fetch.js";
import { line, marker } from "./list.js";
import { facts, translate, lang } from "../shared/messages.js";

const PAGE = 50;

export class Card {
  /** @param {HTMLElement} box @param {{closed: () => void, step: (by: number) => void, failed: (error: unknown) => void}} told */
  constructor(box, told) {
    this.box = box;
    this.told = told;
    const get = (/** @type {string} */ name) => /** @type {HTMLElement} */ (box.querySelector(`.${name}`));
    this.kind = get("card-kind");
    this.body = get("card-body");
    this.foot = get("card-foot");
    /** @type {HTMLElement | null} */
    this.from = null;
    this.id = "";
    this.whole = false;
    get("card-close").addEventListener("click", () => told.closed());
    const [before, after] = /** @type {HTMLElement[]} */ ([...this.foot.querySelectorAll("button")]);
    before?.addEventListener("click", () => told.step(-1));
    after?.addEventListener("click", () => told.step(1));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.box.hidden && !document.querySelector("dialog[open]")) told.closed();
    });
  }

  /** @param {string} slug @param {string} text */
  head(slug, text) {
    const label = document.createElement("bdi");
    label.textContent = text;
    this.kind.replaceChildren(...(slug ? [marker(slug), label] : [label]));
  }

  unfold() {
    if (this.box.hidden) this.from = /** @type {HTMLElement | null} */ (document.activeElement);
    this.box.hidden = false;
    document.body.classList.add("with-card");
  }

  /** Show an event: at once what is known, then all of it. @param {import("../data/local.js").Row} row */
  async show(row) {
    const again = this.id === row.id && !this.box.hidden && this.whole;
    if (again) return;
    this.unfold();
    this.id = row.id;
    this.whole = false;
    this.foot.hidden = false;
    this.head(row.category, facts.categories.find((kind) => kind.slug === row.category)?.label ?? row.category);
    const heading = document.createElement("h1");
    heading.textContent = row.title;
    heading.dir = "auto";
    heading.tabIndex = -1;
    const date = document.createElement("p");
    date.className = "kicker";
    date.textContent = row.date;
    this.body.replaceChildren(date, heading);
    this.body.scrollTop = 0;
    heading.focus({ preventScroll: true });
    try {
      const page = await ask("card", `/collections/events/items/${encodeURIComponent(row.id)}?f=html&lang=${lang}`, "text");
      if (this.id === row.id && !this.box.hidden) this.fill(page);
    } catch (error) {
      this.told.failed(error);
    }
  }

  /** @param {string} page the event's own page, in which the server has escaped everything */
  fill(page) {
    const read = new DOMParser().parseFromString(page, "text/html");
    const article = read.querySelector("main article");
    if (!article) return;
    const focused = this.body.contains(document.activeElement);
    for (const id of article.querySelectorAll("[id]")) id.removeAttribute("id");
    for (const part of article.querySelectorAll("[aria-labelledby]")) part.removeAttribute("aria-labelledby");
    for (const link of article.querySelectorAll("a[href^='http']")) {
      link.setAttribute("target", "_blank");
      link.setAttribute("rel", "noopener");
    }
    const heading = article.querySelector("h1");
    if (heading) heading.tabIndex = -1;
    this.body.replaceChildren(document.importNode(article, true));
    this.whole = true;
    if (focused) /** @type {HTMLElement | null} */ (this.body.querySelector("h1"))?.focus({ preventScroll: true });
  }

  /**
   * Show the many events of one place, a page at a time. The focus comes along, but is not taken from another part.
   * @param {(from: number, count: number) => Promise<{rows: import("../data/local.js").Row[], total: number, more: boolean}>} get
   * @param {string} last the event whose card was open, to go back to in the list
   */
  async many(get, last) {
    const focus = this.box.hidden || !document.activeElement?.closest(".timeline, .band");
    this.unfold();
    this.id = "";
    this.foot.hidden = true;
    const title = document.createElement("h1");
    title.tabIndex = -1;
    const list = document.createElement("ol");
    list.className = "events";
    const more = document.createElement("button");
    more.type = "button";
    more.className = "plain";
    more.textContent = translate("show_more");
    this.head("", translate("same_place"));
    this.body.replaceChildren(title, list, more);
    const grow = async () => {
      const from = list.childElementCount;
      const found = await get(from, PAGE);
      title.textContent = translate("events", { n: found.total });
      const made = found.rows.map((row) => line(row, undefined));
      list.append(...made);
      more.hidden = !found.more;
      if (focus || from) (from ? made[0]?.querySelector("a") : title)?.focus({ preventScroll: !from });
    };
    more.addEventListener("click", () => grow().catch(this.told.failed));
    await grow().catch(this.told.failed);
    const left = () => this.body.querySelector(`[data-id="${CSS.escape(last)}"] a`);
    while (last && !left() && !more.hidden && list.isConnected) await grow();
    if (last && focus) /** @type {HTMLElement | null} */ (left())?.focus();
  }

  close() {
    if (this.box.hidden) return;
    const within = this.box.contains(document.activeElement) || document.activeElement === document.body;
    const row = document.querySelector(`.side [data-id="${CSS.escape(this.id)}"] a`);
    this.box.hidden = true;
    this.id = "";
    document.body.classList.remove("with-card");
    const back = row ?? (this.from?.isConnected && this.from !== document.body ? this.from : document.querySelector("#content"));
    if (within) /** @type {HTMLElement} */ (back).focus();
  }
}
