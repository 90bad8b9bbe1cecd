// @ts-check
/** Up to 20,000 events: the slim index is loaded once, and everything is counted here. */

import { edges } from "../timeline/bars.js";
import { Cells } from "../map/clusters.js";
import { columns } from "./columns.js";
import { selectEvents, selectPins, selectTime } from "./filter.js";
import { DAY, parseInterval } from "../shared/dates.js";

/** @typedef {import("../shared/address.js").Params} Params */
/** @typedef {{id: string, title: string, date: string, category: string, n?: number}} Row */
/** @typedef {readonly [number, number, number, number]} Box */

const PLACE = ["bbox", "country", "precision", "category", "unplaced"];
const PILLS = ["bbox", "country", "precision", "unplaced"];

/** @param {Params} params @param {string[]} names */
const only = (params, names) => names.map((name) => params[name] ?? "").join("\n");
/** @param {Box} box @param {number} lon @param {number} lat */
const within = ([west, south, east, north], lon, lat) =>
  lat >= south && lat <= north && (west > east ? lon >= west || lon <= east : lon >= west && lon <= east);

export class Local {
  /** @param {any} raw an answer of /events/index */
  constructor(raw) {
    this.c = columns(raw);
    this.precisions = raw.precisions;
    this.key = "";
    this.pins = new Uint8Array(0);
    this.among = new Uint8Array(0);
    this.events = new Uint8Array(this.c.size);
    this.count = 0;
    /** @type {string | undefined} */
    this.sortedBy = undefined;
    /** @type {number[]} */
    this.order = [];
    this.slugs = this.c.categories;
    /** @type {Cells | null} for the view `laid` */
    this.cells = null;
    this.laid = "";
    /** @type {Map<string, number>} */
    this.number = new Map(this.c.ids.map((id, e) => [id, e]));
  }

  /** Choose; what places and categories ask is kept while only the dates change. @param {Params} params @param {boolean} [_moving] */
  ready(params, _moving) {
    const key = only(params, PLACE);
    this.fresh = key !== this.key;
    if (this.fresh) {
      this.key = key;
      this.pins = selectPins(this.c, params, this.precisions);
      this.among = selectEvents(this.c, params, this.pins);
    }
    this.count = selectTime(this.c, this.among, parseInterval(params["datetime"]), params, this.events).count;
    return Promise.resolve();
  }

  /** Count what is left without a date or a place. */
  async bare() {
    let [undated, unplaced] = [0, 0];
    const { size, startMin, first } = this.c;
    for (let e = 0; e < size; e++) {
      if (!this.events[e]) continue;
      if (startMin[e] !== startMin[e]) undated++;
      if (first[e] === first[e + 1]) unplaced++;
    }
    return { undated, unplaced };
  }

  /** Count by category, as if none were chosen. @param {Params} params @returns {Promise<Record<string, number>>} */
  async tallies(params) {
    const { category: _, ...rest } = params;
    const pins = only(params, PILLS) ? selectPins(this.c, rest, this.precisions) : new Uint8Array(this.c.owner.length).fill(1);
    const { events } = selectTime(this.c, selectEvents(this.c, rest, pins), parseInterval(params["datetime"]), params);
    const found = new Array(this.slugs.length).fill(0);
    for (let e = 0; e < events.length; e++) if (events[e]) found[this.c.category[e]]++;
    return Object.fromEntries(this.slugs.map((slug, at) => [slug, found[at]]));
  }

  /** The bars of all dates. @param {Params} params @param {number} most @returns {Promise<import("../timeline/bars.js").Bars>} */
  async bars(params, most) {
    const { c, among } = this;
    let [from, to] = [Infinity, -Infinity];
    for (let e = 0; e < c.size; e++) {
      const day = Math.floor(c.startMin[e] / DAY);
      if (!among[e] || !Number.isFinite(day)) continue;
      if (day < from) from = day;
      // A bar stands where an event may have begun first; a month or a year is there to its end.
      const late = c.startMax[e] - c.startMin[e] <= 366 * DAY ? Math.floor(c.startMax[e] / DAY) : day;
      if (late > to) to = late;
    }
    const asked = parseInterval(params["datetime"]);
    if (asked && from > to) [from, to] = asked.map((second) => Math.floor(second / DAY));
    if (!Number.isFinite(from) || !Number.isFinite(to)) return { edges: [0], unit: "day", stacks: [], slugs: [] };
    const { unit, edges: list } = edges(from, to, most);
    const stacks = this.slugs.map(() => new Float64Array(list.length));
    for (let e = 0; e < c.size; e++) {
      const start = c.startMin[e];
      if (!among[e] || start !== start) continue;
      let [low, high] = [0, list.length - 1];
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (list[middle] * DAY <= start) low = middle;
        else high = middle;
      }
      stacks[c.category[e]][low] += c.weight ? c.weight[e] : 1;
    }
    return { unit, edges: list, stacks, slugs: this.slugs, whole: [from, to] };
  }

  /** @param {import("../map/map.js").View} view */
  async marks(view) {
    const key = [this.key, ...Object.values(view)].join("\n");
    if (!this.cells || this.laid !== key) [this.cells, this.laid] = [new Cells(this.c, this.pins, view), key];
    const found = this.cells.marks(this.events);
    for (const mark of found) if (mark.count === 1) mark.title = this.c.titles[/** @type {number} */ (mark.event)];
    return found;
  }

  /** @param {number} e @returns {Row} */
  row(e) {
    const { c } = this;
    return { id: c.ids[e] ?? "", title: c.titles[e] ?? "", date: c.dates[c.date[e]] ?? "", category: this.slugs[c.category[e]] ?? "", n: e };
  }

  /**
   * List matching events, in the order that is asked for.
   * @param {Params} params @param {number} from @param {number} count @param {Box | null} box only with a pin inside
   * @param {string} [_name] of the question, where one is asked
   * @returns {Promise<{rows: Row[], total: number, more: boolean}>}
   */
  async rows(params, from, count, box, _name) {
    const order = this.sorted(params["sortby"]);
    const { c, pins, events } = this;
    /** @type {Row[]} */
    const rows = [];
    let total = 0;
    for (let at = 0; at < c.size; at++) {
      const e = order ? order[at] : at;
      if (!events[e]) continue;
      if (box) {
        let p = c.first[e];
        const end = c.first[e + 1];
        while (p < end && !(pins[p] && within(box, c.lon[p], c.lat[p]))) p++;
        if (p === end) continue;
      }
      if (total >= from && rows.length < count) rows.push(this.row(e));
      total++;
      if (!box && rows.length === count) break;
    }
    if (!box) total = this.count;
    return { rows, total, more: from + rows.length < total };
  }

  /** @param {string | undefined} sortby */
  sorted(sortby) {
    if (!sortby || sortby === "-date" || sortby === "-updated") return null;
    if (this.sortedBy === sortby) return this.order;
    const { c } = this;
    const all = Array.from({ length: c.size }, (_, e) => e);
    const byId = (/** @type {number} */ a, /** @type {number} */ b) => (c.ids[a] < c.ids[b] ? -1 : 1);
    const value = (/** @type {number} */ e) => (c.startMin[e] === c.startMin[e] ? c.startMin[e] : Infinity);
    if (sortby === "date") all.sort((a, b) => (value(a) === value(b) ? byId(a, b) : value(a) - value(b)));
    else all.sort((a, b) => c.titles[a].localeCompare(c.titles[b]) || byId(a, b));
    this.sortedBy = sortby;
    return (this.order = all);
  }

  /** What is known of an event before its card is loaded. @param {string} id @returns {Promise<any>} */
  async event(id) {
    const e = this.number.get(id);
    if (e === undefined) return null;
    const { c } = this;
    const pins = [];
    for (let p = c.first[e]; p < c.first[e + 1]; p++) {
      pins.push({ x: c.x[p], y: c.y[p], lat: c.lat[p], lon: c.lon[p], coarse: c.rank[p] >= 3, country: c.rank[p] === 5, rank: c.rank[p], codes: c.codes[c.spot[p]], km: 0, slug: this.slugs[c.category[e]] });
    }
    const dated = c.startMin[e] === c.startMin[e];
    return { ...this.row(e), pins, span: dated ? [Math.floor(c.startMin[e] / DAY), Math.floor(c.endMax[e] / DAY)] : null };
  }

  /** The box of all selected pins of matching events, as west, south, east, north. */
  async extent() {
    const { c } = this;
    /** @type {[number, number, number, number]} */
    const box = [180, 90, -180, -90];
    for (let p = 0; p < c.owner.length; p++) {
      if (!this.pins[p] || !this.events[c.owner[p]]) continue;
      box[0] = Math.min(box[0], c.lon[p]);
      box[1] = Math.min(box[1], c.lat[p]);
      box[2] = Math.max(box[2], c.lon[p]);
      box[3] = Math.max(box[3], c.lat[p]);
    }
    return box[0] > box[2] ? null : box;
  }
}
