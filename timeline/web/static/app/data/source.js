// @ts-check
/** Where the views get their events: the index in the browser if they are few enough, else the server. */

import { LOCAL_NAMES, filterOnly, writeParams } from "../shared/address.js";
import { request } from "../shared/fetch.js";
import { facts, lang } from "../shared/messages.js";
import { LocalSource } from "./local.js";
import { RemoteSource } from "./remote.js";

/** @typedef {import("./types.js").Rows} Rows */
/** @typedef {import("./types.js").Source} Source */
/** @typedef {import("../shared/types.js").Params} Params */
/** @typedef {import("../shared/types.js").Box} Box */

const MAX_EVENTS_IN_BROWSER = 20000;

/** Return the parameters that only the server evaluates: the index is loaded for their values. @param {Params} params */
const serverParams = (params) => filterOnly(params, LOCAL_NAMES);

/** Chooses between the two sources, again whenever a parameter changes that only the server evaluates. */
export class Sources {
  constructor() {
    this.remote = new RemoteSource();
    /** @type {Source | null} */
    this.current = null;
    this.loadedKey = "";
  }

  /** Whether every answer needs a request to the server. */
  get isRemote() {
    return this.current === this.remote;
  }

  /** Choose a source again at the next `load`, and load its index again. */
  reset() {
    this.loadedKey = "\n";
  }

  /** Choose a source, and load the index if it needs one. @param {Params} params */
  async load(params) {
    const key = writeParams({ ...serverParams(params), measure: params["measure"] ?? "" });
    if (this.current && this.loadedKey === key) return;
    const large = this.current ? facts.crowded && (await this.count(params)) > MAX_EVENTS_IN_BROWSER : facts.large;
    if (!(large && this.isRemote)) {
      this.current = large ? this.remote : await this.loadIndex(key);
      this.remote.reset();
    }
    this.loadedKey = key;
  }

  /** @param {string} query */
  async loadIndex(query) {
    return new LocalSource(await request("index", `/events/index?${[query, `lang=${lang}`].filter(Boolean).join("&")}`));
  }

  /** Count the events that the index would have. @param {Params} params @returns {Promise<number>} */
  async count(params) {
    return (await request("size", `/events/summary?${writeParams(serverParams(params))}`)).matched;
  }

  /** Return an event, whether it matches or not; null for an unknown id. @param {string} id */
  async event(id) {
    return (await this.current?.event(id)) ?? (this.isRemote ? null : this.remote.event(id));
  }

  /**
   * Return a page of the list of matching events.
   * @param {Params} params @param {number} from @param {number} count @param {Box | null} box lists only events with a pin inside
   * @param {string} [name] of the request
   * @returns {Promise<Rows>}
   */
  async rows(params, from, count, box, name) {
    return this.current ? this.current.rows(params, from, count, box, name) : { rows: [], total: 0, more: false };
  }
}
