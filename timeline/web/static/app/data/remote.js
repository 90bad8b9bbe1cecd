// @ts-check
/** Beyond 20,000 events: counts, tiles and pages of the list come from the server, the last answer wins. */

import { coarser, floor } from "../timeline/bars.js";
import { mercatorY } from "../shared/mercator.js";
import { ask } from "../shared/fetch.js";
import { filterOnly, write } from "../shared/address.js";
import { Tiles } from "./tiles.js";
import { days, parseDay } from "../shared/dates.js";
import { facts, lang } from "../shared/messages.js";

/** @typedef {import("../shared/address.js").Params} Params */
/** @typedef {readonly [number, number, number, number]} Box */
const PRECISIONS = ["point", "neighbourhood", "city", "admin2", "admin1", "country"];
const LISTED = "title,display_date,category";
const NONE = /** @type {{rows: import("./local.js").Row[], total: number, more: boolean}} */ ({ rows: [], total: 0, more: false });

/** @param {string} path @param {Params} params @param {Record<string, string | number>} [more] */
function address(path, params, more = {}) {
  const rest = Object.entries(more).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${path}?${[write(params), ...rest].filter(Boolean).join("&")}`;
}

/** @param {string | null} text YYYY-MM-DD, or a year beyond four digits */
function read(text) {
  if (!text) return null;
  const match = /^([+-]\d+)-(\d\d)-(\d\d)$/.exec(text);
  return match ? days(Number(match[1]), Number(match[2]), Number(match[3])) : parseDay(text.slice(0, 10));
}

/** What two boxes share, if that is one box; null where they share nothing. @param {Box} one @param {Box} other @returns {Box | null} */
export function shared(one, other) {
  const [south, north] = [Math.max(one[1], other[1]), Math.min(one[3], other[3])];
  const parts = (/** @type {Box} */ [west, , east]) => (west > east ? [[west, 180], [-180, east]] : [[west, east]]);
  const found = parts(one).flatMap(([a = 0, b = 0]) => parts(other).map(([c = 0, d = 0]) => [Math.max(a, c), Math.min(b, d)]))
    .filter(([west = 0, east = 0]) => west <= east);
  if (south > north || !found.length) return null;
  const [first = [0, 0], last = first] = [found.find(([, east]) => east === 180) ?? found[0], found.find(([west]) => west === -180)];
  return /** @type {Box} */ (found.length > 1 ? [first[0], south, last[1], north] : [first[0], south, first[1], north]);
}

export class Remote {
  constructor() {
    this.count = 0;
    this.slugs = facts.categories.map((kind) => kind.slug);
    this.tiles = new Tiles(this.slugs);
    /** @type {Promise<any>} */
    this.summary = Promise.resolve(null);
    this.stamp = "";
    this.cursors = new Map();
    this.fresh = true;
    this.key = "";
    /** @type {Record<string, string>} */
    this.measure = {};
    this.params = /** @type {Params} */ ({});
  }

  /**
   * Ask for the counts; map and list do not wait for them.
   * @param {Params} params @param {boolean} moving the window is being dragged: counts are asked for when it rests
   */
  async ready(params, moving) {
    const { datetime: _, ...rest } = filterOnly(params);
    this.measure = facts.figures.includes(params["measure"] ?? "") ? { measure: params["measure"] ?? "" } : {};
    const key = write({ ...rest, ...this.measure });
    this.fresh = key !== this.key;
    this.params = filterOnly(params);
    this.cursors.clear();
    if (moving && !this.fresh) return;
    this.summary = ask("summary", address("/events/summary", this.params, this.measure)).then((found) => {
      if (this.stamp !== found.timeStamp) this.tiles.clear();
      [this.stamp, this.count, this.key] = [found.timeStamp, found.matched, key];
      return found;
    });
    this.summary.catch(() => undefined); // whoever waits for it is told
  }

  async bare() {
    const { undated, unplaced } = await this.summary;
    return { undated, unplaced };
  }

  /** @param {Params} params */
  async tallies(params) {
    if (!params["category"]) return (await this.summary).categories;
    return (await ask("tallies", address("/events/summary", filterOnly(params, ["category"])))).categories;
  }

  /** The bars of all dates, parted by category. @param {Params} params @param {number} most @returns {Promise<import("../timeline/bars.js").Bars>} */
  async bars(params, most) {
    const asked = filterOnly(params, ["datetime", "undated"]);
    const other = params["datetime"] || params["undated"] === "only";
    let found = other ? await ask("bars", address("/events/summary", asked, this.measure)) : await this.summary;
    const finer = this.finer(found, most);
    if (finer) found = await ask("bars", address("/events/summary", asked, { ...this.measure, interval: finer }));
    const dated = found.histogram.filter((/** @type {any} */ bar) => bar.end);
    const last = (read(dated.at(-1)?.end) ?? -1) + 1;
    // What is open to the past counts in the first bar, which then has no first day.
    const list = dated.map((/** @type {any} */ bar) => read(bar.start) ?? floor(read(bar.end) ?? 0, found.interval));
    const stacks = this.slugs.map((slug) => Float64Array.from(dated, (/** @type {any} */ bar) => (bar.sums ?? bar.categories)[slug] ?? 0));
    return coarser({ unit: found.interval, edges: [...list, last], stacks, slugs: this.slugs }, most);
  }

  /** Name the interval that gives bars as fine as there is room for, where the server took a coarser one. @param {any} found @param {number} most */
  finer(found, most) {
    const list = found.histogram;
    const [from, to] = [read(list[0]?.start ?? null), read(list.at(-1)?.end ?? null)];
    if (from === null || to === null) return null;
    const length = list.length > 1 ? { quarter: "month", year: "quarter", month: "week", week: "day" } : {};
    const next = /** @type {Record<string, string>} */ (length)[found.interval];
    const times = { quarter: 3, year: 4, month: 4.35, week: 7 }[/** @type {"week"} */ (found.interval)] ?? 0;
    return next && times * list.length <= most ? next : null;
  }

  /** @param {import("../map/map.js").View} view */
  marks(view) {
    return this.tiles.marks(write(this.params), view);
  }

  /**
   * List matching events, in the order that is asked for.
   * @param {Params} params @param {number} from @param {number} count @param {Box | null} box only with a pin inside
   * @param {string} [name] of the question: two lists may be asked for at a time
   */
  async rows(params, from, count, box, name = "rows") {
    /** @type {Record<string, string | number>} */
    const more = { limit: count, properties: LISTED, geometry: "none", lang: lang };
    let asked = this.params;
    if (box) {
      const { bbox, unplaced, ...rest } = this.params;
      const both = bbox ? shared(box, boxed(bbox)) : box;
      if (!both || unplaced === "only") return NONE;
      asked = { ...rest, bbox: both.map((side) => +side.toFixed(6)).join(), unplaced: "exclude" };
    }
    if (params["sortby"]) more["sortby"] = params["sortby"];
    const key = `${asked["bbox"] ?? ""}|${params["sortby"] ?? ""}|`;
    if (from && this.cursors.has(key + from)) more["cursor"] = this.cursors.get(key + from);
    const found = await ask(name, address("/events", asked, more));
    const next = found.links.find((/** @type {any} */ link) => link.rel === "next");
    if (next) this.cursors.set(key + (from + count), new URL(next.href).searchParams.get("cursor"));
    const rows = found.features.map((/** @type {any} */ one) => ({ id: String(one.id), title: one.properties.title, date: one.properties.display_date ?? "", category: one.properties.category }));
    return { rows, total: found.numberMatched, more: Boolean(next) };
  }

  /** @param {string} id @returns {Promise<any>} null for one that is not there */
  async event(id) {
    // Asked as a list of one: an event that is not there is then no error in the console.
    const [one] = (await ask("event", `/events?ids=${encodeURIComponent(id)}&lang=${lang}`)).features;
    if (!one) return null;
    const p = one.properties;
    const pins = p.places.map((/** @type {any} */ place) => ({
      x: (place.lon + 180) / 360, y: mercatorY(place.lat), lat: place.lat, lon: place.lon, km: place.radius_km ?? 0,
      rank: PRECISIONS.indexOf(place.precision), coarse: PRECISIONS.indexOf(place.precision) >= 3, country: place.precision === "country", codes: place.country ?? (place.countries ?? []).join(), slug: p.category,
    }));
    const from = read(p.earliest), to = read(p.latest);
    const span = from === null && to === null ? null : [from ?? -Infinity, to ?? Infinity];
    return { id: String(one.id), title: p.title, date: p.display_date, category: p.category, pins, span };
  }

  async extent() {
    return (await this.summary).extent.bbox;
  }
}

/** @param {string} text a bbox parameter of four numbers, or of six with heights @returns {Box} */
function boxed(text) {
  const all = text.split(",").map(Number);
  const [west = 0, south = 0, east = 0, north = 0] = all.length === 6 ? [all[0], all[1], all[3], all[4]] : all;
  return [west, south, east, north];
}
