// @ts-check
/** The review page: signs in, shows the queue and one event, and sends what is changed through the public API. */

import { chart } from "./small_map.js";
import { facts, translate, lang } from "../shared/messages.js";

const KEY = "dateline:key";
const WAIT = 300; // milliseconds after the last letter of a date
const known = /** @type {{known?: boolean}} */ (/** @type {unknown} */ (facts)).known === true;
const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (document.querySelector(name));
const part = find(".part");
const trouble = find(".trouble");
const told = find(".told");
const form = /** @type {HTMLFormElement | null} */ (document.querySelector(".sign-in"));
const out = /** @type {HTMLElement | null} */ (document.querySelector(".sign-out"));

let key = "";
try {
  key = sessionStorage.getItem(KEY) ?? "";
} catch {
  // Storage is refused: the key lives as long as the page.
}

/** An answer that is a problem (RFC 9457). */
class Problem extends Error {
  /** @param {number} status @param {any} body */
  constructor(status, body) {
    super(body.detail ?? translate("failed"));
    this.status = status;
    this.body = body;
  }
}

/** @param {string} path @param {{method?: string, body?: unknown, match?: string, accept?: string}} [how] */
async function ask(path, { method = "GET", body, match, accept = "application/json" } = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: accept };
  if (key) headers["Authorization"] = `Bearer ${key}`;
  if (match) headers["If-Match"] = match;
  if (body !== undefined) headers["Content-Type"] = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const answer = await fetch(facts.root + path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  if (answer.ok) return answer;
  throw new Problem(answer.status, await answer.json().catch(() => ({})));
}

/** @param {unknown} error */
function failed(error) {
  trouble.textContent = error instanceof Problem ? error.message : translate("failed");
  trouble.hidden = false;
  if (error instanceof Problem && error.status === 401) signIn();
}

function signIn() {
  forget();
  part.replaceChildren();
  if (form) form.hidden = false;
  if (out) out.hidden = true;
  form?.querySelector("input")?.focus();
}

function forget() {
  key = "";
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // as above
  }
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("key"));
  key = field.value.trim();
  trouble.hidden = true;
  await show();
  if (!key) return;
  field.value = "";
  try {
    sessionStorage.setItem(KEY, key);
  } catch {
    // as above
  }
});
out?.addEventListener("click", () => {
  told.textContent = translate("desk_signed_out");
  signIn();
});

let turn = 0;
/** Show what the address names behind its #: a kind of what waits, with its page, or an event. */
async function show() {
  const now = ++turn;
  const [what = "", ...rest] = decodeURI(location.hash.slice(1)).split("/");
  const language = `lang=${lang}`;
  const kind = /^(review|draft|places)$/.test(what) ? `kind=${what}&` : ""; // else the first of which some waits
  const path = what === "event" ? `/review/events/${location.hash.slice(7)}?${language}` : `/review/queue?${kind}page=${Number(rest[0]) || 1}&${language}`;
  try {
    const answer = await ask(path, { accept: "text/html" });
    const read = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (now !== turn) return;
    trouble.hidden = true;
    if (form) form.hidden = true;
    if (out) out.hidden = false;
    part.replaceChildren(...document.importNode(read.body, true).childNodes);
    part.querySelector("h2")?.focus();
    if (what === "event") opened();
  } catch (error) {
    if (now === turn) failed(error);
  }
}

function opened() {
  const change = /** @type {HTMLFormElement} */ (part.querySelector("form.change"));
  const id = change.dataset["id"] ?? "";
  const match = `"r${change.dataset["revision"]}"`;
  change.addEventListener("submit", (event) => {
    event.preventDefault();
    const act = /** @type {HTMLButtonElement | null} */ (event.submitter)?.value ?? "save";
    send(change, id, match, act).catch(refused);
  });
  for (const settle of /** @type {NodeListOf<HTMLFormElement>} */ (part.querySelectorAll("form.settle"))) {
    settle.addEventListener("submit", (event) => {
      event.preventDefault();
      const said = String(new FormData(settle).get("candidate"));
      const candidate = said === "none" ? null : Number(said);
      const why = value(change, "why") || null;
      ask("/review/settle", { method: "POST", match, body: { event: id, number: Number(settle.dataset["number"]), candidate, why } })
        .then(() => done(translate("desk_settled")))
        .catch(refused);
    });
  }
  const date = /** @type {HTMLInputElement} */ (change.elements.namedItem("date"));
  let timer = 0;
  date.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => read(date).catch(failed), WAIT);
  });
  const spots = JSON.parse(part.querySelector(".desk-spots")?.textContent || "{}");
  chart(/** @type {HTMLElement} */ (part.querySelector(".map")), spots, {
    moved: (lon, lat) => {
      for (const [name, number] of /** @type {const} */ ([["lon", lon], ["lat", lat]])) {
        const field = /** @type {HTMLInputElement | null} */ (change.elements.namedItem(name));
        if (field) field.value = number.toFixed(5);
      }
    },
    picked: (doubt, candidate) => {
      const radio = /** @type {HTMLInputElement | null} */ (part.querySelector(`form.settle[data-number="${doubt}"] input[value="${candidate}"]`));
      radio?.focus();
      radio?.click();
    },
  }).catch(() => undefined); // without a map the numbers are there
}

/** @param {HTMLFormElement} change @param {string} name */
const value = (change, name) => /** @type {HTMLInputElement | null} */ (change.elements.namedItem(name))?.value.trim() ?? "";

/** Read a date as it is typed. @param {HTMLInputElement} field */
async function read(field) {
  const line = /** @type {HTMLElement} */ (part.querySelector(".reading"));
  const text = field.value.trim();
  if (!text) return void (line.textContent = "");
  const found = await (await ask(`/review/date?text=${encodeURIComponent(text)}&lang=${lang}`)).json();
  if (field.value.trim() !== text) return;
  line.classList.toggle("wrong", Boolean(found.error));
  line.textContent = found.error ?? `${found.edtf} = ${found.reading} \u2066(${found.earliest ?? "…"} – ${found.latest ?? "…"})\u2069`;
  field.dataset["edtf"] = found.edtf ?? "";
}

/** @param {HTMLFormElement} change @param {string} id @param {string} match @param {string} act */
async function send(change, id, match, act) {
  const path = `/collections/events/items/${encodeURIComponent(id)}`;
  if (act === "delete") {
    if (!window.confirm(translate("desk_delete_sure"))) return;
    const query = new URLSearchParams(["why", "correction"].map((name) => [name, value(change, name)]).filter(([, text]) => text));
    await ask(`${path}?${query}`, { method: "DELETE", match });
    location.hash = "#review";
    told.textContent = translate("desk_deleted");
    return;
  }
  await ask(path, { method: "PATCH", match, body: await patch(change, act) });
  done(translate("desk_saved"));
}

/** Say what was changed as a merge-patch. @param {HTMLFormElement} change @param {string} act */
async function patch(change, act) {
  /** @type {Record<string, unknown>} */
  const properties = {};
  /** @type {Record<string, unknown>} */
  const found = { properties };
  const edited = (/** @type {string} */ name) => {
    const field = /** @type {any} */ (change.elements.namedItem(name));
    if (!field || field.disabled || field.closest("fieldset")?.disabled) return false;
    return field instanceof HTMLSelectElement ? ![...field.options].some((one) => one.selected && one.defaultSelected) : field.value !== field.defaultValue;
  };
  for (const name of ["title", "summary", "category", "verification"]) if (edited(name)) properties[name] = value(change, name);
  for (const name of ["note", "embargo_until"]) if (edited(name)) properties[name] = value(change, name) || null;
  if (edited("tags")) properties["tags"] = value(change, "tags").split(";").map((tag) => tag.trim()).filter(Boolean);
  if (edited("date")) {
    const field = /** @type {HTMLInputElement} */ (change.elements.namedItem("date"));
    await read(field);
    properties["date"] = field.value.trim() ? field.dataset["edtf"] || field.value.trim() : null;
  }
  if (edited("place")) properties["place"] = value(change, "place");
  else if (edited("lon") || edited("lat")) found["geometry"] = { type: "Point", coordinates: [Number(value(change, "lon")), Number(value(change, "lat"))] };
  if (act !== "save") properties["status"] = act;
  for (const name of ["why", "correction"]) if (value(change, name)) found[name] = value(change, name);
  return found;
}

/** @param {string} text */
async function done(text) {
  await show();
  told.textContent = text;
}

/** Return the label of a field in the page's language. @param {string} name */
function fieldLabel(name) {
  const key = `desk_field_${name}`;
  return name === "place" || name === "status" || translate(key) === key ? translate(name) : translate(key);
}

/** Return a field's value as its choice is labelled; other values as they are. @param {HTMLFormElement} form @param {string} name @param {string} value */
function fieldText(form, name, value) {
  if (name === "status") return translate(`desk_status_${value}`);
  const field = form.elements.namedItem(name);
  const options = field instanceof HTMLSelectElement ? [...field.options] : [];
  return options.find((option) => option.value === value)?.textContent ?? value;
}

/** Say why a change was refused; what was typed stays, and where somebody else was quicker, so does what he wrote. @param {unknown} error */
function refused(error) {
  failed(error);
  if (!(error instanceof Problem) || error.status !== 412) return;
  const theirs = error.body.current?.properties ?? {};
  const mine = /** @type {HTMLFormElement} */ (part.querySelector("form.change"));
  const list = document.createElement("ul");
  for (const name of ["title", "summary", "category", "date", "note", "verification", "status", "place"]) {
    const own = value(mine, name);
    const other = theirs[name] ?? "";
    if (!mine.elements.namedItem(name) || own === other || (name === "place" && !own)) continue;
    const line = document.createElement("li");
    const [theirText, ownText] = [fieldText(mine, name, other), fieldText(mine, name, own)];
    line.textContent = translate("desk_conflict_line", { field: fieldLabel(name), theirs: theirText, yours: ownText });
    list.append(line);
  }
  const take = document.createElement("button");
  take.type = "button";
  take.textContent = translate("desk_over");
  take.addEventListener("click", () => {
    mine.dataset["revision"] = String(error.body.revision);
    const fresh = /** @type {HTMLFormElement} */ (mine.cloneNode(true));
    keep(mine, fresh);
    mine.replaceWith(fresh);
    trouble.hidden = true;
    opened();
  });
  trouble.replaceChildren(translate("desk_conflict"), list, take);
  take.focus();
}

/** Copy what was typed, which a clone does not have. @param {HTMLFormElement} from @param {HTMLFormElement} to */
function keep(from, to) {
  for (const field of /** @type {any[]} */ ([...from.elements])) {
    const other = /** @type {any} */ (to.elements.namedItem(field.name));
    if (field.name && field.name !== "act" && other) other.value = field.value;
  }
}

window.addEventListener("hashchange", () => show());
if (key || known) show();
else signIn();
