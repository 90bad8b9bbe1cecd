// @ts-check
/** The source for up to 20,000 events: the index is loaded once, and the browser filters and counts. */

import { barIndex, chooseEdges } from "../timeline/bars.js";
import { Cells } from "../map/clusters.js";
import { readIndex } from "./columns.js";
import { TIME_NAMES, isInBox, selectEvents, selectPins, selectTime } from "./filter.js";
import { LOCAL_NAMES } from "../shared/address.js";
import { DAY, parseInterval } from "../shared/dates.js";
import { isCoarse, isCountry } from "../shared/precision.js";

/** @typedef {import("../shared/types.js").Params} Params */
/** @typedef {import("../shared/types.js").Box} Box */
/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./types.js").Source} Source */

const PLACE_NAMES = LOCAL_NAMES.filter((name) => !TIME_NAMES.includes(name)); // parameters of `selectPins` and `selectEvents`
const MAX_DAYS_SHOWN_WHOLE = 366; // a start known to a month or year extends the bars to its end, a longer one does not

/** @implements {Source} */
export class LocalSource {
  /** @param {any} index a response of /events/index */
  constructor(index) {
    this.columns = readIndex(index);
    this.slugs = this.columns.categories;
    this.fresh = true;
    /** @type {string[]} */
    this.precisions = index.precisions;
    this.key = "\n"; // of the parameters in PLACE_NAMES
    this.pins = new Uint8Array(0);
    this.candidates = new Uint8Array(0); // events that match all but their dates
    this.events = new Uint8Array(this.columns.size);
    this.count = 0;
    this.sortedBy = "";
    /** @type {number[]} */
    this.order = [];
    /** @type {Cells | null} for the view `cellsKey` */
    this.cells = null;
    this.cellsKey = "";
    /** @type {Map<string, number>} */
    this.eventById = new Map(this.columns.ids.map((id, e) => [id, e]));
  }

  /** Select the events that match. Only the dates are evaluated again while the other parameters stay the same. @param {Params} params @returns {Promise<void>} */
  async select(params) {
    const key = PLACE_NAMES.map((name) => params[name] ?? "").join("\n");
    this.fresh = key !== this.key;
    if (this.fresh) {
      this.key = key;
      this.pins = selectPins(this.columns, params, this.precisions);
      this.candidates = selectEvents(this.columns, params, this.pins);
    }
    this.count = selectTime(this.columns, this.candidates, parseInterval(params["datetime"]), params, this.events).count;
  }

  /** Count the matching events without a date, and those without a place. */
  async countBare() {
    let [undated, unplaced] = [0, 0];
    const { size, startMin, firstPin } = this.columns;
    for (let e = 0; e < size; e++) {
      if (!this.events[e]) continue;
      if (startMin[e] !== startMin[e]) undated++;
      if (firstPin[e] === firstPin[e + 1]) unplaced++;
    }
    return { undated, unplaced };
  }

  /** Count events by category, as if no category were chosen. @param {Params} params @returns {Promise<Record<string, number>>} */
  async countCategories(params) {
    const { category: _, ...others } = params;
    const { columns } = this;
    const candidates = selectEvents(columns, others, selectPins(columns, others, this.precisions));
    const { events } = selectTime(columns, candidates, parseInterval(params["datetime"]), params);
    const counts = new Array(this.slugs.length).fill(0);
    for (let e = 0; e < events.length; e++) if (events[e]) counts[columns.category[e]]++;
    return Object.fromEntries(this.slugs.map((slug, i) => [slug, counts[i]]));
  }

  /** Return the bars of all dates, whatever `datetime` is. @param {Params} params @param {number} maxBars @returns {Promise<import("../timeline/types.js").Bars>} */
  async bars(params, maxBars) {
    const { columns, candidates } = this;
    let [from, to] = this.dateExtent();
    const interval = parseInterval(params["datetime"]);
    if (interval && from > to) [from, to] = /** @type {[number, number]} */ (interval.map((second) => Math.floor(second / DAY)));
    if (!Number.isFinite(from) || !Number.isFinite(to)) return { edges: [0], unit: "day", stacks: [], slugs: [] };
    const { unit, edges } = chooseEdges(from, to, maxBars);
    const stacks = this.slugs.map(() => new Float64Array(edges.length));
    for (let e = 0; e < columns.size; e++) {
      const start = columns.startMin[e];
      if (!candidates[e] || start !== start) continue;
      stacks[columns.category[e]][barIndex(edges, start / DAY)] += columns.weight ? columns.weight[e] : 1;
    }
    return { unit, edges, stacks, slugs: this.slugs, extent: [from, to] };
  }

  /** Return the first and last day on which an event may have begun; ±Infinity the wrong way round for none. @returns {[number, number]} */
  dateExtent() {
    const { size, startMin, startMax } = this.columns;
    let [from, to] = [Infinity, -Infinity];
    for (let e = 0; e < size; e++) {
      const day = Math.floor(startMin[e] / DAY);
      if (!this.candidates[e] || !Number.isFinite(day)) continue;
      if (day < from) from = day;
      const last = startMax[e] - startMin[e] <= MAX_DAYS_SHOWN_WHOLE * DAY ? Math.floor(startMax[e] / DAY) : day;
      if (last > to) to = last;
    }
    return [from, to];
  }

  /** Return the marks of the matching events in a view. @param {import("../map/types.js").View} view */
  async marks(view) {
    const key = [this.key, ...Object.values(view)].join("\n");
    if (!this.cells || this.cellsKey !== key) [this.cells, this.cellsKey] = [new Cells(this.columns, this.pins, view), key];
    const marks = this.cells.marks(this.events);
    for (const mark of marks) if (mark.count === 1) mark.title = this.columns.titles[/** @type {number} */ (mark.event)];
    return marks;
  }

  /** Return the id of a mark's event. @param {number | string} event */
  id(event) {
    return typeof event === "string" ? event : (this.columns.ids[event] ?? "");
  }

  /** @param {number} e @returns {Row} */
  row(e) {
    const { ids, titles, dates, date, category } = this.columns;
    return { id: ids[e] ?? "", title: titles[e] ?? "", date: dates[date[e]] ?? "", category: this.slugs[category[e]] ?? "" };
  }

  /**
   * Return a page of the list of matching events.
   * @param {Params} params of which `sortby` is used @param {number} from first row @param {number} count of rows
   * @param {Box | null} box lists only events with a selected pin inside
   * @returns {Promise<import("./types.js").Rows>}
   */
  async rows(params, from, count, box) {
    const order = this.sorted(params["sortby"]);
    /** @type {Row[]} */
    const rows = [];
    let total = 0;
    for (let i = 0; i < this.columns.size; i++) {
      const e = order ? order[i] : i;
      if (!this.events[e] || (box && !this.hasPinIn(e, box))) continue;
      if (total >= from && rows.length < count) rows.push(this.row(e));
      total++;
      if (!box && rows.length === count) break;
    }
    if (!box) total = this.count;
    return { rows, total, more: from + rows.length < total };
  }

  /** @param {number} e @param {Box} box */
  hasPinIn(e, box) {
    const { firstPin, lon, lat } = this.columns;
    for (let p = firstPin[e]; p < firstPin[e + 1]; p++) if (this.pins[p] && isInBox(box, lon[p], lat[p])) return true;
    return false;
  }

  /** Return all events in an order; null for the order of the columns. @param {string | undefined} sortby */
  sorted(sortby) {
    if (!sortby || sortby === "-date" || sortby === "-updated") return null;
    if (this.sortedBy === sortby) return this.order;
    const { size, ids, titles, startMin } = this.columns;
    const events = Array.from({ length: size }, (_, e) => e);
    const byId = (/** @type {number} */ a, /** @type {number} */ b) => (ids[a] < ids[b] ? -1 : 1);
    const start = (/** @type {number} */ e) => (startMin[e] === startMin[e] ? startMin[e] : Infinity); // undated last
    if (sortby === "date") events.sort((a, b) => (start(a) === start(b) ? byId(a, b) : start(a) - start(b)));
    else events.sort((a, b) => titles[a].localeCompare(titles[b]) || byId(a, b));
    this.sortedBy = sortby;
    return (this.order = events);
  }

  /** Return an event with its pins, whether it matches or not; null for an id that the index does not have. @param {string} id @returns {Promise<import("./types.js").EventDetail | null>} */
  async event(id) {
    const e = this.eventById.get(id);
    if (e === undefined) return null;
    const { firstPin, x, y, lat, rank, codes, spot, category, startMin, endMax } = this.columns;
    const pins = [];
    for (let p = firstPin[e]; p < firstPin[e + 1]; p++) {
      const precision = { coarse: isCoarse(rank[p]), country: isCountry(rank[p]) };
      pins.push({ ...precision, x: x[p], y: y[p], lat: lat[p], codes: codes[spot[p]], km: 0, slug: this.slugs[category[e]] });
    }
    const isDated = startMin[e] === startMin[e];
    return { ...this.row(e), pins, span: isDated ? [Math.floor(startMin[e] / DAY), Math.floor(endMax[e] / DAY)] : null };
  }

  /** Return the box of the selected pins of all matching events; null if there are none. */
  async extent() {
    const { owner, lon, lat } = this.columns;
    /** @type {[number, number, number, number]} */
    const box = [180, 90, -180, -90];
    for (let p = 0; p < owner.length; p++) {
      if (!this.pins[p] || !this.events[owner[p]]) continue;
      box[0] = Math.min(box[0], lon[p]);
      box[1] = Math.min(box[1], lat[p]);
      box[2] = Math.max(box[2], lon[p]);
      box[3] = Math.max(box[3], lat[p]);
    }
    return box[0] > box[2] ? null : box;
  }

  /** Return the codes of the countries that are all that is known of a selected pin. @returns {Promise<Set<string>>} */
  async vagueCountries() {
    const { owner, rank, codes, spot } = this.columns;
    /** @type {Set<string>} */
    const countries = new Set();
    for (let p = 0; p < owner.length; p++) {
      if (!isCountry(rank[p]) || !this.pins[p] || !this.events[owner[p]]) continue;
      for (const code of codes[spot[p]].split(",")) countries.add(code);
    }
    return countries;
  }
}
