// @ts-check
/** The state of the page, kept in its address: the API's filter parameters and the page's own; read, written, and restored by "back". */

import { facts } from "./messages.js";

/** @typedef {import("./types.js").Params} Params */
/** @typedef {import("./types.js").Box} Box */

const parameters = facts.filter ?? []; // the server's table
const FILTER_NAMES = parameters.map(({ name }) => name);
/** Names of the filter parameters that the page evaluates for itself. */
export const LOCAL_NAMES = parameters.filter(({ local }) => local).map(({ name }) => name);
const PAGE_NAMES = ["sortby", "event", "spot", "map", "inview", "measure", "theme", "lang"];
const NAMES = [...FILTER_NAMES, ...PAGE_NAMES];
const LIST_NAMES = new Set(parameters.filter(({ many }) => many).map(({ name }) => name));
const WRITE_DELAY_MS = 250;
const SPOT_MARGIN_DEGREES = 1e-5; // spots are written with five decimals

/** Return whether a parameter takes a comma-separated list. @param {string} name */
export const takesList = (name) => LIST_NAMES.has(name);

/** Parse a query string; unknown parameters are left out, and the values of a repeated one are joined. @param {string} query */
function readParams(query) {
  /** @type {Params} */
  const params = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (NAMES.includes(name) && value.trim()) params[name] = name in params ? `${params[name]},${value}` : value;
  }
  return params;
}

/** Write parameters as a query string, without needless percent signs. @param {Params} params */
export function writeParams(params) {
  const encode = (/** @type {string} */ text) =>
    encodeURIComponent(text).replace(/%2C/g, ",").replace(/%3A/g, ":").replace(/%2F/g, "/").replace(/%20/g, "+");
  return NAMES.filter((name) => params[name]).map((name) => `${name}=${encode(params[name] ?? "")}`).join("&");
}

/** Return the parameters that choose events. @param {Params} params @param {string[]} [without] names to leave out */
export function filterOnly(params, without = []) {
  return Object.fromEntries(
    FILTER_NAMES.filter((name) => params[name] && !without.includes(name)).map((name) => [name, params[name] ?? ""]),
  );
}

/** Return changes that clear every parameter that chooses events. @param {Params} params @returns {Record<string, null>} */
export function withoutFilter(params) {
  return Object.fromEntries(Object.keys(filterOnly(params)).map((name) => [name, null]));
}

/** Write a box for the address, as `lon,lat` where it is a point. @param {readonly number[]} box west, south, east, north in degrees */
export function writeSpot(box) {
  const [west, south, east, north] = box.map((side, i) => String(+(i % 2 ? side : wrapLongitude(side)).toFixed(5)));
  return (west === east && south === north ? [west, south] : [west, south, east, north]).join();
}

/** Parse what `writeSpot` wrote; the box is a little larger, since its numbers were rounded. @param {string} text @returns {Box | null} */
export function readSpot(text) {
  const [west = NaN, south = NaN, east = west, north = south] = text.split(",").map(Number);
  if (![west, south, east, north].every(Number.isFinite)) return null;
  const margin = SPOT_MARGIN_DEGREES;
  return [wrapLongitude(west - margin), south - margin, wrapLongitude(east + margin), north + margin];
}

/** Return the same longitude between -180 and 180. @param {number} lon */
const wrapLongitude = (lon) => (lon > 180 ? lon - 360 : lon < -180 ? lon + 360 : lon);

/** Return a comma-separated list with a value added, or removed if the list has it. @param {string | undefined} text @param {string} value */
export function toggle(text, value) {
  const values = (text ?? "").split(",").filter(Boolean);
  return (values.includes(value) ? values.filter((other) => other !== value) : [...values, value]).join(",");
}

/** The parameters of the page's address. Each change is reported; `push` adds a step of the history, else the current one is rewritten. */
export class AddressState {
  /** @param {(params: Params, before: Params) => void} onChange @param {AbortSignal} signal ends the listener and a delayed write */
  constructor(onChange, signal) {
    this.params = readParams(location.search);
    this.onChange = onChange;
    this.timer = 0;
    addEventListener("popstate", () => {
      const before = this.params;
      this.params = readParams(location.search);
      onChange(this.params, before);
    }, { signal });
    signal.addEventListener("abort", () => clearTimeout(this.timer));
  }

  /** Change parameters. @param {Record<string, string | null>} changes null or "" removes a parameter @param {boolean} [push] */
  set(changes, push = true) {
    const before = this.params;
    /** @type {Params} */
    const after = { ...before };
    for (const [name, value] of Object.entries(changes)) {
      if (value) after[name] = value;
      else delete after[name];
    }
    if (writeParams(after) === writeParams(before)) return;
    this.params = after;
    if (push) this.write(true);
    else this.writeLater();
    this.onChange(after, before);
  }

  /** Write the address when it has not changed for a while: browsers allow about 100 writes in 30 seconds, and a drag makes one a frame. */
  writeLater() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.write(false), WRITE_DELAY_MS);
  }

  /** @param {boolean} push */
  write(push) {
    clearTimeout(this.timer);
    const query = writeParams(this.params);
    const address = location.pathname + (query ? `?${query}` : "") + location.hash;
    try {
      if (push) history.pushState(null, "", address);
      else history.replaceState(null, "", address);
    } catch {
      // In a frame with an opaque origin the browser may refuse to change the address.
    }
  }
}
