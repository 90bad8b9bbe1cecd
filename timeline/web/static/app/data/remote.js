// @ts-check
/** The source for more than 20,000 events: the server filters and counts; map tiles and list pages are requested as needed. */

import { floorDay, joinBars } from "../timeline/bars.js";
import { filterOnly, writeParams } from "../shared/address.js";
import { request } from "../shared/fetch.js";
import { days, parseDay } from "../shared/dates.js";
import { mercatorX, mercatorY } from "../shared/mercator.js";
import { facts, lang } from "../shared/messages.js";
import { PRECISIONS, isCoarse, isCountry } from "../shared/precision.js";
import { parseBox } from "./filter.js";
import { Tiles } from "./tiles.js";

/** @typedef {import("../shared/types.js").Params} Params */
/** @typedef {import("../shared/types.js").Box} Box */
/** @typedef {import("./types.js").Rows} Rows */
/** @typedef {import("./types.js").Source} Source */

const LIST_PROPERTIES = "title,display_date,category";
/** The unit to try for finer bars: the server chooses a coarser one where there is room for this. @type {Record<string, string>} */
const FINER_UNIT = { quarter: "month", year: "quarter", month: "week", week: "day" };
/** How many bars of the finer unit replace one. @type {Record<string, number>} */
const FINER_BARS = { quarter: 3, year: 4, month: 4.35, week: 7 };

/** Return a path with a query string. @param {string} path @param {Params} params @param {Record<string, string | number>} [extra] parameters that are no part of the address */
function pathWith(path, params, extra = {}) {
  const pairs = Object.entries(extra).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${path}?${[writeParams(params), ...pairs].filter(Boolean).join("&")}`;
}

/** Parse a date of the API into a day since 1970. @param {string | null} text YYYY-MM-DD; years have a sign and more digits where four do not suffice */
function readDay(text) {
  if (!text) return null;
  const match = /^([+-]\d+)-(\d\d)-(\d\d)$/.exec(text);
  return match ? days(Number(match[1]), Number(match[2]), Number(match[3])) : parseDay(text.slice(0, 10));
}

/** Return the intersection of two boxes if it is one box, else a box around it; null if it is empty. @param {Box} a @param {Box} b @returns {Box | null} */
export function intersection(a, b) {
  const [south, north] = [Math.max(a[1], b[1]), Math.min(a[3], b[3])];
  const ranges = (/** @type {Box} */ [west, , east]) => (west > east ? [[west, 180], [-180, east]] : [[west, east]]);
  const common = ranges(a).flatMap(([w1 = 0, e1 = 0]) => ranges(b).map(([w2 = 0, e2 = 0]) => [Math.max(w1, w2), Math.min(e1, e2)]))
    .filter(([west = 0, east = 0]) => west <= east);
  if (south > north || !common.length) return null;
  const first = common.find(([, east]) => east === 180) ?? common[0] ?? [0, 0];
  const last = common.find(([west]) => west === -180) ?? first;
  return /** @type {Box} */ (common.length > 1 ? [first[0], south, last[1], north] : [first[0], south, first[1], north]);
}

/** @implements {Source} */
export class RemoteSource {
  constructor() {
    this.slugs = facts.categories.map((category) => category.slug);
    this.fresh = true;
    this.tiles = new Tiles(this.slugs);
    /** @type {Promise<any>} response of /events/summary for the current parameters */
    this.summary = Promise.resolve(null);
    this.version = ""; // of the data
    /** @type {Map<string, string>} */
    this.cursors = new Map();
    this.key = ""; // of all parameters but the dates
    /** @type {Record<string, string>} */
    this.measure = {};
    /** @type {Params} */
    this.params = {};
  }

  /** Forget the last selection, so that the next one is fresh. */
  reset() {
    this.key = "\n";
  }

  /**
   * Request the counts; the map and the list do not wait for them.
   * @param {Params} params @param {boolean} dragging requests counts only if more than the dates changed
   */
  async select(params, dragging) {
    this.measure = facts.figures.includes(params["measure"] ?? "") ? { measure: params["measure"] ?? "" } : {};
    const key = writeParams({ ...filterOnly(params, ["datetime"]), ...this.measure });
    this.fresh = key !== this.key;
    this.params = filterOnly(params);
    this.cursors.clear();
    if (dragging && !this.fresh) return;
    this.summary = request("summary", pathWith("/events/summary", this.params, this.measure)).then((summary) => {
      if (this.version !== summary.timeStamp) this.tiles.clear();
      [this.version, this.key] = [summary.timeStamp, key];
      return summary;
    });
    this.summary.catch(() => undefined); // the views that await it report the error
  }

  /** Return the counts of matching events without a date, and without a place. */
  async countBare() {
    const { undated, unplaced } = await this.summary;
    return { undated, unplaced };
  }

  /** Return counts by category, as if no category were chosen. @param {Params} params */
  async countCategories(params) {
    if (!params["category"]) return (await this.summary).categories;
    return (await request("tallies", pathWith("/events/summary", filterOnly(params, ["category"])))).categories;
  }

  /** Return the bars of all dates, whatever `datetime` is. @param {Params} params @param {number} maxBars @returns {Promise<import("../timeline/types.js").Bars>} */
  async bars(params, maxBars) {
    const anyDate = filterOnly(params, ["datetime", "undated"]);
    const load = (/** @type {Record<string, string>} */ extra) => request("bars", pathWith("/events/summary", anyDate, { ...this.measure, ...extra }));
    let summary = params["datetime"] || params["undated"] === "only" ? await load({}) : await this.summary;
    const unit = this.finerUnit(summary, maxBars);
    if (unit) summary = await load({ interval: unit });
    const bars = summary.histogram.filter((/** @type {any} */ bar) => bar.end);
    // The first bar has no start if it counts events that are open to the past.
    const firsts = bars.map((/** @type {any} */ bar) => readDay(bar.start) ?? floorDay(readDay(bar.end) ?? 0, summary.interval));
    const edges = [...firsts, (readDay(bars.at(-1)?.end) ?? -1) + 1];
    const stacks = this.slugs.map((slug) => Float64Array.from(bars, (/** @type {any} */ bar) => (bar.sums ?? bar.categories)[slug] ?? 0));
    return joinBars({ unit: summary.interval, edges, stacks, slugs: this.slugs }, maxBars);
  }

  /** Return the finer unit for which there is room; null if there is none. @param {any} summary @param {number} maxBars */
  finerUnit({ histogram, interval }, maxBars) {
    if (readDay(histogram[0]?.start ?? null) === null || readDay(histogram.at(-1)?.end ?? null) === null) return null;
    const unit = histogram.length > 1 ? FINER_UNIT[interval] : undefined;
    return unit && (FINER_BARS[interval] ?? 0) * histogram.length <= maxBars ? unit : null;
  }

  /** @param {import("../map/types.js").View} view */
  marks(view) {
    return this.tiles.marks(writeParams(this.params), view);
  }

  /** Return the id of a mark's event. @param {number | string} event */
  id(event) {
    return String(event);
  }

  /**
   * Return a page of the list of matching events.
   * @param {Params} params of which `sortby` is used @param {number} from first row @param {number} count of rows
   * @param {Box | null} box lists only events with a selected pin inside
   * @param {string} [name] of the request: two lists may be requested at the same time
   * @returns {Promise<Rows>}
   */
  async rows(params, from, count, box, name = "rows") {
    const filter = box ? this.filterInBox(box) : this.params;
    if (!filter) return { rows: [], total: 0, more: false };
    /** @type {Record<string, string | number>} */
    const extra = { limit: count, properties: LIST_PROPERTIES, geometry: "none", lang };
    if (params["sortby"]) extra["sortby"] = params["sortby"];
    const key = `${filter["bbox"] ?? ""}|${params["sortby"] ?? ""}|`;
    const cursor = this.cursors.get(key + from);
    if (from && cursor) extra["cursor"] = cursor;
    const page = await request(name, pathWith("/events", filter, extra));
    const next = page.links.find((/** @type {any} */ link) => link.rel === "next");
    if (next) this.cursors.set(key + (from + count), new URL(next.href).searchParams.get("cursor") ?? "");
    const rows = page.features.map((/** @type {any} */ { id, properties }) => ({
      id: String(id), title: properties.title, date: properties.display_date ?? "", category: properties.category,
    }));
    return { rows, total: page.numberMatched, more: Boolean(next) };
  }

  /** Return the filter for events with a pin in a box; null if no event can match. @param {Box} box @returns {Params | null} */
  filterInBox(box) {
    const { bbox, unplaced, ...others } = this.params;
    const common = bbox ? intersection(box, parseBox(bbox)) : box;
    if (!common || unplaced === "only") return null;
    return { ...others, bbox: common.map((side) => +side.toFixed(6)).join(), unplaced: "exclude" };
  }

  /** Return an event with its pins, whether it matches or not; null for an unknown id. @param {string} id @returns {Promise<import("./types.js").EventDetail | null>} */
  async event(id) {
    // A list of one event: for an unknown id it is empty, while the event's own address would log a 404 in the console.
    const [feature] = (await request("event", `/events?ids=${encodeURIComponent(id)}&lang=${lang}`)).features;
    if (!feature) return null;
    const { title, display_date: date, category, places, earliest, latest } = feature.properties;
    const pins = places.map((/** @type {any} */ place) => {
      const rank = PRECISIONS.indexOf(place.precision);
      const codes = place.country ?? (place.countries ?? []).join();
      return { x: mercatorX(place.lon), y: mercatorY(place.lat), lat: place.lat, km: place.radius_km ?? 0, coarse: isCoarse(rank), country: isCountry(rank), codes, slug: category };
    });
    const [from, to] = [readDay(earliest), readDay(latest)];
    return { id: String(feature.id), title, date, category, pins, span: from === null && to === null ? null : [from ?? -Infinity, to ?? Infinity] };
  }

  /** Return the box of the selected pins of all matching events; null if there are none. */
  async extent() {
    return (await this.summary).extent.bbox;
  }

  /** Return the codes of countries where more events match than have a more precise place. @param {Params} params @returns {Promise<Set<string>>} */
  async vagueCountries(params) {
    const filter = filterOnly(params);
    const exact = filter["precision"]?.split(",").map((value) => value.trim());
    const coarsest = filter["min_precision"] ?? "country";
    if (coarsest !== "country" || (exact && !exact.includes("country"))) return new Set();
    const load = (/** @type {string} */ name, /** @type {Params} */ extra) =>
      request(name, pathWith("/events/countries", { ...filter, ...extra }, { geometry: "none" }));
    const [all, precise] = await Promise.all([load("vague", {}), load("finer", { min_precision: "admin1" })]);
    const preciseCounts = new Map(precise.features.map((/** @type {any} */ { id, properties }) => [id, properties.events]));
    const vague = all.features.filter((/** @type {any} */ { id, properties }) => properties.events > (preciseCounts.get(id) ?? 0));
    return new Set(vague.map((/** @type {any} */ { id }) => id));
  }
}
