// @ts-check
/** The filter around the views: the categories, the active filters ("chips"), the form, and the counts of events without a date or place. */

import { makeMarker } from "../list/row.js";
import { filterOnly, takesList, toggle, withoutFilter, writeParams } from "../shared/address.js";
import { countryName, facts, formatNumber, translate } from "../shared/messages.js";

/** @typedef {import("../shared/types.js").Params} Params */

const WITHOUT_CHIP = new Set(["radius", "filter-lang", "match", "datetime"]); // shown with another filter, or by the timeline
const SINGLE_CHIP = "ids"; // other lists have a chip for each value
const DEFAULT_RADIUS_KM = "50";
const find = (/** @type {string} */ selector) => /** @type {HTMLElement | null} */ (document.querySelector(selector));

/** Return an active filter in words, as the server's filter_links.py does. @param {string} name @param {string} value @param {Params} params */
function chipText(name, value, params) {
  if (name === "near") return translate("chip_near", { value: spaced(value), km: params["radius"] ?? DEFAULT_RADIUS_KM });
  if (name === "bbox") return translate("chip_bbox", { value: spaced(value) });
  if (name === "category") return facts.categories.find((category) => category.slug === value)?.label ?? value;
  if (name === "country") return countryName(value.toUpperCase());
  if (name === "verification") return translate(value);
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

export class FilterPanel {
  /** @param {import("../shared/address.js").AddressState} state @param {AbortSignal} signal ends the listeners */
  constructor(state, signal) {
    this.state = state;
    this.pills = find(".pills ul");
    this.chips = find("ul.chips");
    this.form = /** @type {HTMLFormElement | null} */ (document.querySelector(".filters form"));
    this.listenToLinks(signal);
    this.listenToForm(signal);
  }

  /** @param {AbortSignal} signal */
  listenToLinks(signal) {
    document.addEventListener("click", (event) => {
      if (event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      if (!link || !document.documentElement.classList.contains("live")) return;
      const changes = this.changesOf(link);
      if (!changes) return;
      event.preventDefault();
      this.state.set(changes);
    }, { signal });
  }

  /** @param {AbortSignal} signal */
  listenToForm(signal) {
    const { form } = this;
    if (!form) return;
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.submit();
      const details = form.closest("details");
      if (details) details.open = false;
    };
    form.addEventListener("submit", submit, { signal });
    // In a sandbox without allow-forms there is no submit event.
    form.querySelector("button")?.addEventListener("click", submit, { signal });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target instanceof HTMLInputElement) submit(event);
    }, { signal });
    form.addEventListener("change", (event) => {
      if (event.target instanceof HTMLSelectElement || (event.target instanceof HTMLInputElement && event.target.type === "checkbox")) this.submit();
    }, { signal });
    form.querySelector("#q")?.addEventListener("search", () => this.submit(), { signal });
  }

  /** Return the changes of the filter that a link makes; null for other links. @param {HTMLAnchorElement} link @returns {Record<string, string | null> | null} */
  changesOf(link) {
    const { params } = this.state;
    if (link.matches(".pill[data-slug]")) return { category: toggle(params["category"], link.dataset["slug"] ?? "") };
    if (link.matches(".chip[data-name]")) {
      const { name = "", value } = link.dataset;
      return { [name]: value ? toggle(params[name], value) : null };
    }
    if (link.closest(".empty, .send")) return withoutFilter(params);
    if (link.matches(".bare a")) {
      const name = link.parentElement?.firstElementChild === link ? "undated" : "unplaced";
      return { [name]: params[name] === "only" ? null : "only" };
    }
    return null;
  }

  /** The search field and the selects, whose names are those of parameters. @returns {(HTMLInputElement | HTMLSelectElement)[]} */
  get fields() {
    return [...(this.form?.querySelectorAll("input[type=search], select") ?? [])].map((field) => /** @type {any} */ (field));
  }

  /** The checkbox that excludes undated events. @returns {HTMLInputElement | null} */
  get undatedField() {
    return this.form?.querySelector("#undated") ?? null;
  }

  /** Take the filter from the form. */
  submit() {
    if (!this.form) return;
    /** @type {Record<string, string | null>} */
    const changes = {};
    for (const field of this.fields) changes[field.name] = field.value.trim() || null;
    const undated = this.undatedField;
    if (undated) changes["undated"] = undated.checked ? "exclude" : null;
    this.state.set(changes);
  }

  /** @param {Params} params @param {Record<string, number>} counts by category @param {{undated: number, unplaced: number}} bare */
  show(params, counts, bare) {
    this.drawPills(params, counts);
    this.drawChips(params);
    const [undated, unplaced] = document.querySelectorAll(".bare a");
    if (undated) undated.textContent = translate("undated_count", { n: bare.undated });
    if (unplaced) unplaced.textContent = translate("unplaced_count", { n: bare.unplaced });
    this.fillForm(params);
  }

  /** Show parameters in the form, but not in the field that the reader is in. @param {Params} params */
  fillForm(params) {
    for (const field of this.fields) {
      const { name } = field;
      const value = params[name] ?? "";
      if (field === document.activeElement) continue;
      if (field instanceof HTMLSelectElement && ![...field.options].some((option) => option.value === value)) {
        field.add(new Option(value.split(",").map((part) => chipText(name, part, params)).join(translate("comma")), value));
      }
      field.value = value;
    }
    const undated = this.undatedField;
    if (undated) undated.checked = params["undated"] === "exclude";
  }

  /** @param {Params} params @param {Record<string, number>} counts by category */
  drawPills(params, counts) {
    if (!this.pills) return;
    const chosen = new Set((params["category"] ?? "").split(","));
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["slug"] : undefined;
    const drawn = new Set([...this.pills.querySelectorAll("a")].map((link) => link.dataset["slug"] ?? ""));
    const categories = facts.categories.filter(({ slug }) => counts[slug] || chosen.has(slug) || drawn.has(slug));
    this.pills.replaceChildren(...categories.map((category) => makePill(category, chosen.has(category.slug), counts[category.slug] ?? 0, params)));
    if (focused) /** @type {HTMLElement | null} */ (this.pills.querySelector(`[data-slug="${CSS.escape(focused)}"]`))?.focus();
  }

  /** @param {Params} params */
  drawChips(params) {
    if (!this.chips) return;
    const filters = Object.entries(filterOnly(params)).filter(([name]) => !WITHOUT_CHIP.has(name));
    const chips = filters.flatMap(([name, value]) =>
      takesList(name) && name !== SINGLE_CHIP ? value.split(",").map((part) => makeChip(params, name, part, true)) : [makeChip(params, name, value, false)],
    );
    const focused = [...this.chips.querySelectorAll("a")].findIndex((link) => link === document.activeElement);
    this.chips.hidden = !chips.length;
    this.chips.replaceChildren(...chips);
    if (focused >= 0) this.refocus(focused);
    const count = find(".filters summary .tally");
    if (chips.length && !count) find(".filters summary")?.append(" ", makeCount(chips.length));
    else if (count) count.textContent = chips.length ? formatNumber(chips.length) : "";
  }

  /** Focus the chip that replaced a removed one, the last chip, or the events. @param {number} position of the removed chip */
  refocus(position) {
    const links = [...(this.chips?.querySelectorAll("a") ?? [])];
    (links[position] ?? links.at(-1) ?? find("#content"))?.focus({ preventScroll: true });
  }
}

/** @param {import("../shared/types.js").Category} category @param {boolean} isChosen @param {number} count @param {Params} params */
function makePill({ slug, label }, isChosen, count, params) {
  const link = document.createElement("a");
  link.className = count || isChosen ? "pill" : "pill faint";
  link.dataset["slug"] = slug;
  link.href = `?${writeParams({ ...params, category: toggle(params["category"], slug) })}`;
  if (isChosen) link.setAttribute("aria-current", "true");
  const text = document.createElement("bdi");
  text.textContent = label;
  link.append(makeMarker(slug), makeHint(isChosen ? "remove" : "add"), text, " ", makeCount(count));
  const item = document.createElement("li");
  item.append(link);
  return item;
}

/** Return a link that removes a filter. @param {Params} params @param {string} name @param {string} value @param {boolean} isPart whether the value is one of a list */
function makeChip(params, name, value, isPart) {
  const link = document.createElement("a");
  link.className = "chip";
  link.href = `?${writeParams({ ...params, [name]: isPart ? toggle(params[name], value) : "" })}`;
  link.dataset["name"] = name;
  if (isPart) link.dataset["value"] = value;
  const text = document.createElement("bdi");
  text.textContent = chipText(name, value, params);
  const cross = document.createElement("span");
  cross.className = "cross";
  cross.setAttribute("aria-hidden", "true");
  cross.textContent = "×";
  link.append(makeHint("remove"), text, " ", cross);
  const item = document.createElement("li");
  item.append(link);
  return item;
}

/** Return text for screen readers alone. @param {string} key of a message */
function makeHint(key) {
  const hint = document.createElement("span");
  hint.className = "unseen";
  hint.textContent = `${translate("label", { label: translate(key) })} `;
  return hint;
}

/** @param {number} count */
function makeCount(count) {
  const element = document.createElement("span");
  element.className = "tally";
  element.textContent = formatNumber(count);
  return element;
}
