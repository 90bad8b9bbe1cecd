// @ts-check
/** Where the events come from: the slim index in the browser where they are few enough, else the server. */

import { ask } from "../shared/fetch.js";
import { SERVER } from "./filter.js";
import { Local } from "./local.js";
import { Remote } from "./remote.js";
import { write } from "../shared/address.js";
import { facts, lang } from "../shared/messages.js";

/** @typedef {import("../shared/address.js").Params} Params */
const MOST = 20000;

/** What only the server evaluates: a change of it chooses the source anew. @param {Params} params */
function base(params) {
  return Object.fromEntries(SERVER.filter((name) => params[name]).map((name) => [name, params[name] ?? ""]));
}

export class Sources {
  constructor() {
    this.remote = new Remote();
    /** @type {Local | Remote | null} */
    this.held = null;
    this.loaded = "";
  }

  /** Whether every answer takes a way to the server and back. */
  get far() {
    return this.held === this.remote;
  }

  /** Hold what the page needs. @param {Params} params */
  async load(params) {
    const key = write({ ...base(params), measure: params["measure"] ?? "" });
    if (this.held && this.loaded === key) return;
    const many = this.held ? facts.crowded && (await this.matched(params)) > MOST : facts.large;
    if (many && this.far) {
      this.loaded = key;
      return;
    }
    this.held = many ? this.remote : new Local(await ask("index", `/events/index?${[key, `lang=${lang}`].filter(Boolean).join("&")}`));
    this.held.fresh = true;
    this.loaded = key;
    this.remote.key = "\n";
  }

  /** @param {Params} params */
  async matched(params) {
    return (await ask("size", `/events/summary?${write(base(params))}`)).matched;
  }

  /** What is known of an event, chosen or not; null for one that is not there. @param {string} id */
  async event(id) {
    return (await this.held?.event(id)) ?? (this.far ? null : this.remote.event(id));
  }

  /**
   * List the events of the view, or with a box those with a pin inside.
   * @param {Params} params @param {number} from @param {number} count @param {readonly [number, number, number, number] | null} box
   * @param {string} [name] of the question
   */
  async rows(params, from, count, box, name) {
    if (!this.held) return { rows: [], total: 0, more: false };
    return this.held.rows(params, from, count, box, name);
  }

  /** The id of an event that a mark stands for. @param {number | string} event */
  id(event) {
    return typeof event === "string" ? event : (/** @type {Local} */ (this.held).c.ids[event] ?? "");
  }
}
