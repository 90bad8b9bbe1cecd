// @ts-check
/** The form of one event: its changes as a merge-patch, its doubtful places, its date, and conflicts with other editors. */

import { lang, translate } from "../shared/messages.js";
import { Problem } from "./api.js";
import { drawSmallMap } from "./small_map.js";

const DATE_DELAY_MS = 300; // after the last key
const TEXT_FIELDS = ["title", "summary", "category", "verification"];
const OPTIONAL_FIELDS = ["note", "embargo_until"]; // null where empty
const COMPARED_FIELDS = ["title", "summary", "category", "date", "note", "verification", "status", "place"];

/**
 * @typedef {object} FormEvents
 * @property {(message: string) => void} onSave the event has changed and must be shown again
 * @property {(message: string) => void} onDelete
 * @property {(error: unknown) => void} onError
 * @property {(...content: (string | Node)[]) => void} onConflict
 */

export class EventForm {
  /** @param {HTMLElement} part of the page, with the event's forms @param {import("./api.js").Api} api @param {FormEvents} events */
  constructor(part, api, events) {
    this.part = part;
    this.api = api;
    this.events = events;
    this.form = /** @type {HTMLFormElement} */ (part.querySelector("form.change"));
    this.dateTimer = 0;
    this.listen();
    this.drawMap();
  }

  /** The path of the event, below the site's root. */
  get path() {
    return `/collections/events/items/${encodeURIComponent(this.form.dataset["id"] ?? "")}`;
  }

  /** The ETag of the revision that the form shows. */
  get match() {
    return `"r${this.form.dataset["revision"]}"`;
  }

  /** @param {string} name @returns {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement | null} */
  field(name) {
    return /** @type {any} */ (this.form.elements.namedItem(name));
  }

  /** @param {string} name */
  value(name) {
    return this.field(name)?.value.trim() ?? "";
  }

  listen() {
    const fail = (/** @type {unknown} */ error) => this.refuse(error);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const action = /** @type {HTMLButtonElement | null} */ (event.submitter)?.value ?? "save";
      (action === "delete" ? this.delete() : this.save(action)).catch(fail);
    });
    for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (this.part.querySelectorAll("form.settle"))) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.settle(form).catch(fail);
      });
    }
    this.field("date")?.addEventListener("input", () => {
      clearTimeout(this.dateTimer);
      this.dateTimer = window.setTimeout(() => this.readDate().catch(this.events.onError), DATE_DELAY_MS);
    });
  }

  /** Draw the small map. The form works without it: places can be chosen by their numbers. */
  drawMap() {
    const places = JSON.parse(this.part.querySelector(".desk-spots")?.textContent || "{}");
    drawSmallMap(/** @type {HTMLElement} */ (this.part.querySelector(".map")), places, {
      onMove: (lon, lat) => {
        for (const [name, degrees] of /** @type {const} */ ([["lon", lon], ["lat", lat]])) {
          const field = this.field(name);
          if (field) field.value = degrees.toFixed(5);
        }
      },
      onPick: (doubt, candidate) => {
        const radio = /** @type {HTMLInputElement | null} */ (this.part.querySelector(`form.settle[data-number="${doubt}"] input[value="${candidate}"]`));
        radio?.focus();
        radio?.click();
      },
    }).catch(() => undefined);
  }

  /** Settle a doubtful place by one of its candidates, or by none. @param {HTMLFormElement} form */
  async settle(form) {
    const choice = String(new FormData(form).get("candidate"));
    const candidate = choice === "none" ? null : Number(choice);
    const body = { event: this.form.dataset["id"] ?? "", number: Number(form.dataset["number"]), candidate, why: this.value("why") || null };
    await this.api.request("/review/settle", { method: "POST", match: this.match, body });
    this.events.onSave(translate("desk_settled"));
  }

  /** Show how the server reads the date that is typed, and keep its EDTF for `save`. */
  async readDate() {
    const field = this.field("date");
    const line = /** @type {HTMLElement} */ (this.part.querySelector(".reading"));
    const text = this.value("date");
    if (!field || !text) return void (line.textContent = "");
    const date = await (await this.api.request(`/review/date?text=${encodeURIComponent(text)}&lang=${lang}`)).json();
    if (this.value("date") !== text) return;
    line.classList.toggle("wrong", Boolean(date.error));
    line.textContent = date.error ?? `${date.edtf} = ${date.reading} \u2066(${date.earliest ?? "…"} – ${date.latest ?? "…"})\u2069`;
    field.dataset["edtf"] = date.edtf ?? "";
  }

  async delete() {
    if (!window.confirm(translate("desk_delete_sure"))) return;
    const query = new URLSearchParams(["why", "correction"].map((name) => [name, this.value(name)]).filter(([, text]) => text));
    await this.api.request(`${this.path}?${query}`, { method: "DELETE", match: this.match });
    this.events.onDelete(translate("desk_deleted"));
  }

  /** @param {string} action "save", or the status that the event gets */
  async save(action) {
    const { match } = this;
    await this.api.request(this.path, { method: "PATCH", match, body: await this.patch(action) });
    this.events.onSave(translate("desk_saved"));
  }

  /** Return whether the reader has changed a field. @param {string} name */
  isEdited(name) {
    const field = /** @type {any} */ (this.field(name));
    if (!field || field.disabled || field.closest("fieldset")?.disabled) return false;
    if (field instanceof HTMLSelectElement) return ![...field.options].some((option) => option.selected && option.defaultSelected);
    return field.value !== field.defaultValue;
  }

  /** Return the changes as a merge-patch (RFC 7396). @param {string} action */
  async patch(action) {
    /** @type {Record<string, unknown>} */
    const properties = {};
    /** @type {Record<string, unknown>} */
    const patch = { properties };
    for (const name of TEXT_FIELDS) if (this.isEdited(name)) properties[name] = this.value(name);
    for (const name of OPTIONAL_FIELDS) if (this.isEdited(name)) properties[name] = this.value(name) || null;
    if (this.isEdited("tags")) properties["tags"] = this.value("tags").split(";").map((tag) => tag.trim()).filter(Boolean);
    if (this.isEdited("date")) {
      await this.readDate();
      const date = this.value("date");
      properties["date"] = date ? this.field("date")?.dataset["edtf"] || date : null;
    }
    if (this.isEdited("place")) properties["place"] = this.value("place");
    else if (this.isEdited("lon") || this.isEdited("lat")) {
      patch["geometry"] = { type: "Point", coordinates: [Number(this.value("lon")), Number(this.value("lat"))] };
    }
    if (action !== "save") properties["status"] = action;
    for (const name of ["why", "correction"]) if (this.value(name)) patch[name] = this.value(name);
    return patch;
  }

  /** Report why a change was refused. After a conflict the values of both editors stay visible. @param {unknown} error */
  refuse(error) {
    this.events.onError(error);
    if (error instanceof Problem && error.status === 412) this.showConflict(error.body);
  }

  /** @param {any} body of the 412: the `current` event and its `revision` */
  showConflict({ current, revision }) {
    const take = document.createElement("button");
    take.type = "button";
    take.textContent = translate("desk_over");
    take.addEventListener("click", () => this.takeRevision(revision));
    this.events.onConflict(translate("desk_conflict"), this.differences(current?.properties ?? {}), take);
    take.focus();
  }

  /** Return a list of the fields that differ from the current event. @param {Record<string, string>} current */
  differences(current) {
    const list = document.createElement("ul");
    for (const name of COMPARED_FIELDS) {
      const mine = this.value(name);
      const theirs = current[name] ?? "";
      if (!this.field(name) || mine === theirs || (name === "place" && !mine)) continue;
      const item = document.createElement("li");
      const values = { theirs: this.valueText(name, theirs), yours: this.valueText(name, mine) };
      item.textContent = translate("desk_conflict_line", { field: fieldLabel(name), ...values });
      list.append(item);
    }
    return list;
  }

  /** Return a field's value as its choice is labelled; other values as they are. @param {string} name @param {string} value */
  valueText(name, value) {
    if (name === "status") return translate(`desk_status_${value}`);
    const field = this.field(name);
    const options = field instanceof HTMLSelectElement ? [...field.options] : [];
    return options.find((option) => option.value === value)?.textContent ?? value;
  }

  /** Let the next save overwrite a revision; what was typed stays in the form. @param {number} revision */
  takeRevision(revision) {
    this.form.dataset["revision"] = String(revision);
    this.events.onConflict();
  }
}

/** Return the label of a field in the page's language. @param {string} name */
function fieldLabel(name) {
  return translate(name) === name ? translate(`desk_field_${name}`) : translate(name);
}
