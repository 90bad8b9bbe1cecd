// @ts-check
/** What is chosen, in the address: the API's own parameters and the page's, read, written, and gone back to. */

/** @typedef {Record<string, string>} Params */

const FILTER = [
  "bbox", "unplaced", "datetime", "match", "undated", "category", "country", "tag", "q", "near", "radius", "within",
  "precision", "filter", "filter-lang", "ids",
];
const SCENE = ["sortby", "event", "spot", "map", "inview", "measure", "theme", "lang"];
const KNOWN = new Set([...FILTER, ...SCENE]);

/** Read the parameters that the page knows; lists that are repeated are joined. @param {string} query */
export function read(query) {
  /** @type {Params} */
  const found = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (KNOWN.has(name) && value.trim()) found[name] = name in found ? `${found[name]},${value}` : value;
  }
  return found;
}

/** Write parameters as a query string, as short as it may be. @param {Params} params */
export function write(params) {
  const names = [...FILTER, ...SCENE].filter((name) => params[name]);
  const said = (/** @type {string} */ text) =>
    encodeURIComponent(text).replace(/%2C/g, ",").replace(/%3A/g, ":").replace(/%2F/g, "/").replace(/%20/g, "+");
  return names.map((name) => `${name}=${said(params[name] ?? "")}`).join("&");
}

/** Keep what chooses events. @param {Params} params @param {string[]} [without] */
export function filterOnly(params, without = []) {
  return Object.fromEntries(
    FILTER.filter((name) => params[name] && !without.includes(name)).map((name) => [name, params[name] ?? ""]),
  );
}

/** Write a box (west, south, east, north in degrees) for the address: `lon,lat` where it is a point. @param {readonly number[]} box */
export function spotOf(box) {
  const [west, south, east, north] = box.map((side, at) => String(+(at % 2 ? side : turned(side)).toFixed(5)));
  return (west === east && south === north ? [west, south] : [west, south, east, north]).join();
}

/** Read what `spotOf` wrote, a little wider than it says, since it was rounded. @param {string} text @returns {[number, number, number, number] | null} */
export function boxOf(text) {
  const numbers = text.split(",").map(Number);
  const [west = NaN, south = NaN, east = west, north = south] = numbers;
  const edge = 1e-5;
  return [west, south, east, north].every(Number.isFinite) ? [turned(west - edge), south - edge, turned(east + edge), north + edge] : null;
}

/** Bring a longitude back between -180 and 180. @param {number} lon */
const turned = (lon) => (lon > 180 ? lon - 360 : lon < -180 ? lon + 360 : lon);

/** Add a value to a list, or take it away. @param {string | undefined} text @param {string} value */
export function toggle(text, value) {
  const all = (text ?? "").split(",").filter(Boolean);
  return (all.includes(value) ? all.filter((one) => one !== value) : [...all, value]).join(",");
}

/** The address as a value that is told of each change; `push` makes a step for "back", else the step is rewritten. */
export class State {
  /** @param {(params: Params, before: Params) => void} changed */
  constructor(changed) {
    this.params = read(location.search);
    this.changed = changed;
    this.pending = 0;
    addEventListener("popstate", () => {
      const before = this.params;
      this.params = read(location.search);
      changed(this.params, before);
    });
  }

  /** @param {Record<string, string | null>} changes null or "" takes away @param {boolean} [push] */
  set(changes, push = true) {
    const before = this.params;
    /** @type {Params} */
    const after = { ...before };
    for (const [name, value] of Object.entries(changes)) {
      if (value) after[name] = value;
      else delete after[name];
    }
    if (write(after) === write(before)) return;
    this.params = after;
    if (push) this.write(true);
    else this.later();
    this.changed(after, before);
  }

  /** Browsers allow some hundred steps in half a minute, and a drag is one a frame: write when it rests. */
  later() {
    clearTimeout(this.pending);
    this.pending = window.setTimeout(() => this.write(false), 250);
  }

  /** @param {boolean} push */
  write(push) {
    clearTimeout(this.pending);
    const query = write(this.params);
    const address = location.pathname + (query ? `?${query}` : "") + location.hash;
    try {
      if (push) history.pushState(null, "", address);
      else history.replaceState(null, "", address);
    } catch {
      // a frame whose origin is opaque may keep its first address
    }
  }
}
