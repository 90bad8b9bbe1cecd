// @ts-check
/** What stands around the views: categories to choose, active filters to take away, the form, the counts. */

import { marker } from "../list/list.js";
import { filterOnly, toggle, write } from "../shared/address.js";
import { countryName, facts, formatNumber, translate } from "../shared/messages.js";

/** @typedef {import("../shared/address.js").Params} Params */
const COMPANIONS = new Set(["radius", "filter-lang", "match", "datetime"]);
const get = (/** @type {string} */ name) => /** @type {HTMLElement | null} */ (document.querySelector(name));

const DEFAULT_RADIUS_KM = "50";

/**
 * Return an active filter in words, as the server's filter_links.py does.
 * @param {string} name @param {string} value @param {Params} params
 */
function chipText(name, value, params) {
  if (name === "category") return facts.categories.find((kind) => kind.slug === value)?.label ?? value;
  if (name === "country") return countryName(value.toUpperCase());
  if (name === "near") return translate("chip_near", { value: spaced(value), km: params["radius"] ?? DEFAULT_RADIUS_KM });
  if (name === "bbox") return translate("chip_bbox", { value: spaced(value) });
  if (name === "ids") return translate("chip_ids", { n: value.split(",").length });
  const key = `chip_${name}_${value}`;
  if (translate(key) !== key) return translate(key);
  if (translate(`chip_${name}`) === `chip_${name}`) return translate("chip_other", { name, value });
  return translate(`chip_${name}`, { value });
}

/** Return coordinates with spaces, isolated so that Arabic does not reverse them. @param {string} value */
function spaced(value) {
  const coordinates = value.split(",").join(", ");
  return document.documentElement.dir === "rtl" ? `\u2066${coordinates}\u2069` : coordinates;
}

export class Head {
  /** @param {import("../shared/address.js").State} state */
  constructor(state) {
    this.state = state;
    this.pills = get(".pills ul");
    this.chips = get("ul.chips");
    this.form = /** @type {HTMLFormElement | null} */ (document.querySelector(".filters form"));
    this.listen();
  }

  listen() {
    document.addEventListener("click", (event) => {
      if (event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      if (!link || !document.documentElement.classList.contains("live")) return;
      const set = this.meant(link);
      if (!set) return;
      event.preventDefault();
      this.state.set(set);
    });
    const send = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.send();
      const fold = this.form?.closest("details");
      if (fold && event.type !== "change") fold.open = false;
    };
    this.form?.addEventListener("submit", send);
    // In a sandbox without forms nothing submits.
    this.form?.querySelector("button")?.addEventListener("click", send);
    this.form?.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target instanceof HTMLInputElement) send(event);
    });
    this.form?.addEventListener("change", (event) => {
      if (event.target instanceof HTMLSelectElement || (event.target instanceof HTMLInputElement && event.target.type === "checkbox")) this.send();
    });
    this.form?.querySelector("#q")?.addEventListener("search", () => this.send());
  }

  /** What a link of the page asks for: one filter more or less. @param {HTMLAnchorElement} link @returns {Record<string, string | null> | null} */
  meant(link) {
    const { params } = this.state;
    if (link.matches(".pill[data-slug]")) return { category: toggle(params["category"], link.dataset["slug"] ?? "") };
    if (link.matches(".chip[data-name]")) {
      const { name = "", value } = link.dataset;
      return { [name]: value ? toggle(params[name], value) : null };
    }
    if (link.closest(".empty, .send")) {
      return Object.fromEntries(Object.keys(filterOnly(params)).map((name) => [name, null]));
    }
    if (link.matches(".bare a")) {
      const name = link.parentElement?.firstElementChild === link ? "undated" : "unplaced";
      return { [name]: params[name] === "only" ? null : "only" };
    }
    return null;
  }

  send() {
    if (!this.form) return;
    const field = (/** @type {string} */ name) => /** @type {HTMLInputElement | null} */ (this.form?.querySelector(`#${name}`));
    /** @type {Record<string, string | null>} */
    const set = {};
    for (const name of ["q", "category", "country", "sortby"]) set[name] = field(name)?.value.trim() || null;
    const undated = field("undated");
    if (undated) set["undated"] = undated.checked ? "exclude" : null;
    this.state.set(set);
  }

  /** @param {Params} params @param {Record<string, number>} tallies @param {{undated: number, unplaced: number}} bare */
  show(params, tallies, bare) {
    this.drawPills(params, tallies);
    this.drawChips(params);
    const [undated, unplaced] = document.querySelectorAll(".bare a");
    if (undated) undated.textContent = translate("undated_count", { n: bare.undated });
    if (unplaced) unplaced.textContent = translate("unplaced_count", { n: bare.unplaced });
    for (const name of ["q", "category", "country", "sortby"]) {
      const field = /** @type {HTMLInputElement | HTMLSelectElement | null} */ (this.form?.querySelector(`#${name}`) ?? null);
      const value = params[name] ?? "";
      if (!field || field === document.activeElement) continue;
      if (field instanceof HTMLSelectElement && ![...field.options].some((one) => one.value === value)) {
        field.add(new Option(value.split(",").map((one) => chipText(name, one, params)).join(translate("comma")), value));
      }
      field.value = value;
    }
    const check = /** @type {HTMLInputElement | null} */ (this.form?.querySelector("#undated") ?? null);
    if (check) check.checked = params["undated"] === "exclude";
  }

  /** @param {Params} params @param {Record<string, number>} tallies */
  drawPills(params, tallies) {
    if (!this.pills) return;
    const on = new Set((params["category"] ?? "").split(","));
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["slug"] : undefined;
    const held = new Set([...this.pills.querySelectorAll("a")].map((link) => link.dataset["slug"] ?? ""));
    const kinds = facts.categories.filter((kind) => tallies[kind.slug] || on.has(kind.slug) || held.has(kind.slug));
    this.pills.replaceChildren(...kinds.map((kind) => this.pill(kind, on.has(kind.slug), tallies[kind.slug] ?? 0, params)));
    if (focused) /** @type {HTMLElement | null} */ (this.pills.querySelector(`[data-slug="${CSS.escape(focused)}"]`))?.focus();
  }

  /** @param {{slug: string, label: string}} kind @param {boolean} on @param {number} count @param {Params} params */
  pill(kind, on, count, params) {
    const link = document.createElement("a");
    link.className = count || on ? "pill" : "pill faint";
    link.dataset["slug"] = kind.slug;
    link.href = `?${write({ ...params, category: toggle(params["category"], kind.slug) })}`;
    if (on) link.setAttribute("aria-current", "true");
    const label = document.createElement("bdi");
    label.textContent = kind.label;
    link.append(marker(kind.slug), unseen(on ? "remove" : "add"), label, " ", tally(count));
    const item = document.createElement("li");
    item.append(link);
    return item;
  }

  /** Go on with the chip that took the place of one taken away, or with the events. @param {number} at */
  refocus(at) {
    const links = [...(this.chips?.querySelectorAll("a") ?? [])];
    (links[at] ?? links.at(-1) ?? get("#content"))?.focus({ preventScroll: true });
  }

  /** @param {Params} params */
  drawChips(params) {
    if (!this.chips) return;
    const all = Object.entries(filterOnly(params)).filter(([name]) => !COMPANIONS.has(name));
    const chips = all.flatMap(([name, value]) =>
      ["category", "country", "tag"].includes(name) ? value.split(",").map((one) => [name, one, one]) : [[name, value, ""]],
    );
    const links = [...this.chips.querySelectorAll("a")];
    const focused = links.findIndex((link) => link === document.activeElement);
    this.chips.hidden = !chips.length;
    this.chips.replaceChildren(...chips.map(([name = "", value = "", one = ""]) => {
      const link = document.createElement("a");
      link.className = "chip";
      link.href = `?${write({ ...params, [name]: one ? toggle(params[name], one) : "" })}`;
      link.dataset["name"] = name;
      if (one) link.dataset["value"] = one;
      const text = document.createElement("bdi");
      text.textContent = chipText(name, value, params);
      const cross = document.createElement("span");
      cross.className = "cross";
      cross.setAttribute("aria-hidden", "true");
      cross.textContent = "×";
      link.append(unseen("remove"), text, " ", cross);
      const item = document.createElement("li");
      item.append(link);
      return item;
    }));
    if (focused >= 0) this.refocus(focused);
    const count = get(".filters summary .tally");
    if (chips.length && !count) get(".filters summary")?.append(" ", tally(chips.length));
    else if (count) count.textContent = chips.length ? formatNumber(chips.length) : "";
  }
}

/** @param {string} key */
function unseen(key) {
  const said = document.createElement("span");
  said.className = "unseen";
  said.textContent = `${translate("label", { label: translate(key) })} `;
  return said;
}

/** @param {number} count */
function tally(count) {
  const said = document.createElement("span");
  said.className = "tally";
  said.textContent = formatNumber(count);
  return said;
}
