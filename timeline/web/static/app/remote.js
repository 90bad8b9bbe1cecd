// @ts-check
/** Beyond 20,000 events: counts, clusters and pages of the list come from the server, the last answer wins. */

import { joined, level } from "./cluster.js";
import { mercator } from "./columns.js";
import { ask } from "./fetch.js";
import { degrees } from "./map.js";
import { filterOnly, write } from "./state.js";
import { day, days } from "./when.js";
import { facts, words } from "./words.js";

/** @typedef {import("./state.js").Params} Params */
const PRECISIONS = ["point", "neighbourhood", "city", "admin2", "admin1", "country"];
const ASKABLE = new Set(["day", "week", "month", "quarter", "year"]);
const LISTED = "title,display_date,category";

/** @param {string} path @param {Params} params @param {Record<string, string | number>} [more] */
function address(path, params, more = {}) {
  const rest = Object.entries(more).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${path}?${[write(params), ...rest].filter(Boolean).join("&")}`;
}

/** @param {string | null} text YYYY-MM-DD, or a year beyond four digits */
function read(text) {
  if (!text) return null;
  const match = /^([+-]\d+)-(\d\d)-(\d\d)$/.exec(text);
  return match ? days(Number(match[1]), Number(match[2]), Number(match[3])) : day(text.slice(0, 10));
}

export class Remote {
  constructor() {
    this.count = 0;
    this.slugs = facts.categories.map((kind) => kind.slug);
    /** @type {any} */
    this.summary = null;
    this.cursors = new Map();
    this.fresh = true;
    this.key = "";
    /** @type {Record<string, string>} */
    this.measure = {};
    this.params = /** @type {Params} */ ({});
  }

  /** @param {Params} params */
  async ready(params) {
    const { datetime: _, ...rest } = filterOnly(params);
    this.measure = facts.figures.includes(params["measure"] ?? "") ? { measure: params["measure"] ?? "" } : {};
    const key = write({ ...rest, ...this.measure });
    this.fresh = key !== this.key;
    this.params = filterOnly(params);
    this.cursors.clear();
    this.summary = await ask("summary", address("/events/summary", this.params, this.measure));
    this.key = key;
    this.count = this.summary.matched;
  }

  bare() {
    return { undated: this.summary.undated, unplaced: this.summary.unplaced };
  }

  /** @param {Params} params */
  async tallies(params) {
    if (!params["category"]) return this.summary.categories;
    return (await ask("tallies", address("/events/summary", filterOnly(params, ["category"])))).categories;
  }

  /** @param {Params} params @returns {Promise<import("./timeline.js").Bars>} */
  async bars(params) {
    const found = params["datetime"] ? await ask("bars", address("/events/summary", filterOnly(params, ["datetime"]), this.measure)) : this.summary;
    const bars = found.histogram.filter((/** @type {any} */ bar) => bar.end);
    const list = bars.map((/** @type {any} */ bar) => read(bar.start) ?? (read(bar.end) ?? 0) - 364);
    list.push((read(bars.at(-1)?.end) ?? -1) + 1);
    const whole = { unit: found.interval, edges: list, stacks: [Float64Array.from(bars.map((/** @type {any} */ bar) => bar.sum ?? bar.count))], slugs: [""] };
    const kinds = this.slugs.filter((slug) => found.categories[slug]);
    const later = ASKABLE.has(found.interval) ? this.stacked(params, whole, bars.map((/** @type {any} */ bar) => bar.end), kinds) : undefined;
    return { ...whole, later };
  }

  /**
   * Part the bars by category, an answer each; they are the same bars, known by their last day.
   * @param {Params} params @param {import("./timeline.js").Bars} whole @param {string[]} ends @param {string[]} kinds
   * @returns {Promise<import("./timeline.js").Bars>}
   */
  async stacked(params, whole, ends, kinds) {
    const rest = filterOnly(params, ["datetime", "category"]);
    const stacks = await Promise.all(kinds.map(async (slug) => {
      const path = address("/events/summary", { ...rest, category: slug }, { ...this.measure, interval: whole.unit });
      const counts = new Map((await ask(`bars ${slug}`, path)).histogram.map((/** @type {any} */ bar) => [bar.end, bar.sum ?? bar.count]));
      return Float64Array.from(ends.map((end) => counts.get(end) ?? 0));
    }));
    return { ...whole, stacks, slugs: kinds };
  }

  /** @param {import("./map.js").View} view */
  async marks(view) {
    const zoom = Math.max(0, Math.min(22, Math.floor(view.zoom) + 1));
    /** @type {Record<string, string>} */
    const box = this.params["bbox"] || view.east - view.west >= 0.98 ? {} : { bbox: this.box(view) };
    const found = await ask("clusters", address("/events/clusters", this.params["bbox"] ? this.params : filterOnly(this.params), { ...box, zoom }));
    const marks = found.features.map((/** @type {any} */ feature) => {
      const { count, categories, kind, id, title } = feature.properties;
      const [lon, lat] = feature.geometry.coordinates;
      return { x: (lon + 180) / 360, y: mercator(lat), count, by: this.slugs.map((slug) => categories[slug] ?? 0), vague: kind === "country" ? count : 0, box: feature.bbox, event: id ?? "", title };
    });
    return joined(marks, 512 * 2 ** level(view.zoom));
  }

  /** @param {import("./map.js").View} view */
  box(view) {
    const margin = (view.east - view.west) / 8;
    const wrap = (/** @type {number} */ x) => +(((((x % 1) + 1) % 1) * 360) - 180).toFixed(4);
    const south = degrees(0, Math.min(1, view.south + margin))[1], north = degrees(0, Math.max(0, view.north - margin))[1];
    if (view.east - view.west + 2 * margin >= 1) return `-180,${Math.max(-90, south - 6).toFixed(4)},180,${Math.min(90, north + 6).toFixed(4)}`;
    return `${wrap(view.west - margin)},${south.toFixed(4)},${wrap(view.east + margin)},${north.toFixed(4)}`;
  }

  /** @param {Params} params @param {number} from @param {number} count @param {readonly number[] | null} box */
  async rows(params, from, count, box) {
    const asked = box && !this.params["bbox"] ? { ...this.params, unplaced: "exclude" } : this.params;
    /** @type {Record<string, string | number>} */
    const more = { limit: count, properties: LISTED, geometry: "none", lang: words["lang"] ?? "en" };
    if (box && !this.params["bbox"]) more["bbox"] = box.map((side) => side.toFixed(4)).join();
    if (params["sortby"]) more["sortby"] = params["sortby"];
    const key = `${box?.join() ?? ""}|${params["sortby"] ?? ""}|${from}`;
    if (from && this.cursors.has(key)) more["cursor"] = this.cursors.get(key);
    const found = await ask("rows", address("/events", asked, more));
    const next = found.links.find((/** @type {any} */ link) => link.rel === "next");
    if (next) this.cursors.set(`${box?.join() ?? ""}|${params["sortby"] ?? ""}|${from + count}`, new URL(next.href).searchParams.get("cursor"));
    const rows = found.features.map((/** @type {any} */ one) => ({ id: String(one.id), title: one.properties.title, date: one.properties.display_date ?? "", category: one.properties.category }));
    return { rows, total: found.numberMatched, more: Boolean(next) };
  }

  /** @param {string} id @returns {Promise<any>} null for one that is not there */
  async event(id) {
    // Asked as a list of one: an event that is not there is then no error in the console.
    const [one] = (await ask("event", `/events?ids=${encodeURIComponent(id)}&lang=${words["lang"] ?? "en"}`)).features;
    if (!one) return null;
    const p = one.properties;
    const pins = p.places.map((/** @type {any} */ place) => ({
      x: (place.lon + 180) / 360, y: mercator(place.lat), lat: place.lat, lon: place.lon, km: place.radius_km ?? 0,
      rank: PRECISIONS.indexOf(place.precision), coarse: PRECISIONS.indexOf(place.precision) >= 3, country: place.precision === "country", codes: place.country ?? (place.countries ?? []).join(), slug: p.category,
    }));
    const from = read(p.earliest), to = read(p.latest);
    const span = from === null && to === null ? null : [from ?? -Infinity, to ?? Infinity];
    return { id: String(one.id), title: p.title, date: p.display_date, category: p.category, pins, span };
  }

  extent() {
    return this.summary.extent.bbox;
  }
}
