// @ts-check
/** The card: one event, with the text of its own page from the server, or the list of events at one spot. */

import { request } from "../shared/fetch.js";
import { lang, translate } from "../shared/messages.js";
import { categoryLabel, eventPath, makeMarker, makeRow } from "./row.js";

/** @typedef {import("../data/types.js").Row} Row */

const ROWS_PER_PAGE = 50;

export class Card {
  /**
   * @param {HTMLElement} box @param {{onClose: () => void, onStep: (by: number) => void, onError: (error: unknown) => void}} events
   * @param {AbortSignal} signal ends the listeners
   */
  constructor(box, events, signal) {
    this.box = box;
    this.events = events;
    const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (box.querySelector(selector));
    this.kind = find(".card-kind");
    this.body = find(".card-body");
    this.foot = find(".card-foot");
    /** @type {HTMLElement | null} what had the focus before the card opened */
    this.opener = null;
    this.id = "";
    this.isComplete = false; // the text from the server is shown
    find(".card-close").addEventListener("click", () => events.onClose(), { signal });
    const [previous, next] = this.foot.querySelectorAll("button");
    previous?.addEventListener("click", () => events.onStep(-1), { signal });
    next?.addEventListener("click", () => events.onStep(1), { signal });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.isOpen && !document.querySelector("dialog[open]")) events.onClose();
    }, { signal });
  }

  get isOpen() {
    return !this.box.hidden;
  }

  /** @param {string} slug of a category; "" for none @param {string} text */
  setKind(slug, text) {
    const label = document.createElement("bdi");
    label.textContent = text;
    this.kind.replaceChildren(...(slug ? [makeMarker(slug), label] : [label]));
  }

  /** Open the card for an event, or for a list. @param {string} id "" for a list */
  open(id) {
    if (!this.isOpen) this.opener = /** @type {HTMLElement | null} */ (document.activeElement);
    this.box.hidden = false;
    document.body.classList.add("with-card");
    this.id = id;
    this.foot.hidden = !id;
  }

  /** Show an event: its row at once, and its text when the server has sent it. @param {Row} row */
  async show(row) {
    if (this.id === row.id && this.isOpen && this.isComplete) return;
    this.open(row.id);
    this.isComplete = false;
    this.setKind(row.category, categoryLabel(row.category));
    const heading = makeHeading(row.title);
    heading.dir = "auto";
    const date = document.createElement("p");
    date.className = "kicker";
    date.textContent = row.date;
    this.body.replaceChildren(date, heading);
    this.body.scrollTop = 0;
    heading.focus({ preventScroll: true });
    try {
      const html = await request("card", `${eventPath(row.id)}&lang=${lang}`, "text");
      if (this.id === row.id && this.isOpen) this.fill(html);
    } catch (error) {
      this.events.onError(error);
    }
  }

  /** Show the article of an event's page. @param {string} html in which the server has escaped all data */
  fill(html) {
    const article = new DOMParser().parseFromString(html, "text/html").querySelector("main article");
    if (!article) return;
    const hadFocus = this.body.contains(document.activeElement);
    for (const element of article.querySelectorAll("[id]")) element.removeAttribute("id");
    for (const element of article.querySelectorAll("[aria-labelledby]")) element.removeAttribute("aria-labelledby");
    for (const link of article.querySelectorAll("a[href^='http']")) {
      link.setAttribute("target", "_blank");
      link.setAttribute("rel", "noopener");
    }
    const heading = article.querySelector("h1");
    if (heading) heading.tabIndex = -1;
    this.body.replaceChildren(document.importNode(article, true));
    this.isComplete = true;
    if (hadFocus) this.body.querySelector("h1")?.focus({ preventScroll: true });
  }

  /**
   * Show the events at one spot, a page at a time. The card takes the focus, except from the timeline and the filters.
   * @param {import("./list.js").LoadRows} load @param {string} lastId event whose card was open, to go back to in the list
   */
  async showList(load, lastId) {
    const takesFocus = !this.isOpen || !document.activeElement?.closest(".timeline, .band");
    this.open("");
    const title = makeHeading("");
    const list = document.createElement("ol");
    list.className = "events";
    const more = document.createElement("button");
    more.type = "button";
    more.className = "plain";
    more.textContent = translate("show_more");
    this.setKind("", translate("same_place"));
    this.body.replaceChildren(title, list, more);
    const grow = async () => {
      const from = list.childElementCount;
      const page = await load(from, ROWS_PER_PAGE);
      title.textContent = translate("events", { n: page.total });
      const rows = page.rows.map((row) => makeRow(row));
      list.append(...rows);
      more.hidden = !page.more;
      if (takesFocus || from) (from ? rows[0]?.querySelector("a") : title)?.focus({ preventScroll: !from });
    };
    more.addEventListener("click", () => grow().catch(this.events.onError));
    await grow().catch(this.events.onError);
    const lastRow = () => /** @type {HTMLElement | null} */ (list.querySelector(`[data-id="${CSS.escape(lastId)}"] a`));
    while (lastId && !lastRow() && !more.hidden && list.isConnected) await grow();
    if (lastId && takesFocus) lastRow()?.focus();
  }

  /** Close the card, and return the focus: to the event's row, to what opened the card, or to the events. */
  close() {
    if (!this.isOpen) return;
    const hadFocus = this.box.contains(document.activeElement) || document.activeElement === document.body;
    const row = document.querySelector(`.side [data-id="${CSS.escape(this.id)}"] a`);
    this.box.hidden = true;
    this.id = "";
    document.body.classList.remove("with-card");
    const opener = this.opener?.isConnected && this.opener !== document.body ? this.opener : document.querySelector("#content");
    if (hadFocus) /** @type {HTMLElement} */ (row ?? opener).focus();
  }
}

/** @param {string} text */
function makeHeading(text) {
  const heading = document.createElement("h1");
  heading.textContent = text;
  heading.tabIndex = -1;
  return heading;
}
