// @ts-check
/** The open event, or the many of a spot: its card, its row in the list, its pins and countries on the map, its days on the timeline. */

import { ask } from "../shared/fetch.js";
import { boxOf } from "../shared/address.js";

const COUNTRY = 5; // rank of precision

export class Opened {
  /**
   * @param {import("../shared/address.js").State} state @param {import("../data/source.js").Sources} sources
   * @param {{card: import("../list/card.js").Card, map: import("../map/map.js").WorldMap, list: import("../list/list.js").List, timeline: import("../timeline/timeline.js").Timeline, room: import("../map/label_room.js").Room}} views
   * @param {(params: import("../shared/address.js").Params) => string} asked what the list depends on
   */
  constructor(state, sources, views, asked) {
    this.state = state;
    this.sources = sources;
    this.views = views;
    this.asked = asked;
    this.shown = "";
    this.crowd = "";
  }

  /** Show the event of the address, else the many of its spot, or none. @param {boolean} [dragging] */
  async show(dragging = false) {
    const { event: id, spot } = this.state.params;
    if (!id) {
      const last = this.shown;
      this.none();
      return spot && !dragging ? this.gathered(spot, last) : undefined;
    }
    if (id === this.shown) return;
    this.shown = id;
    this.crowd = "";
    const known = await this.sources.event(id);
    if (!known) return this.state.set({ event: null }, false);
    if (this.state.params["event"] !== id) return;
    const full = this.views.card.show(known);
    this.views.list.mark(id);
    this.mark(known);
    requestAnimationFrame(() => this.reveal(known.pins));
    await full;
    this.detail(id).catch(() => undefined); // the map can do without the exact reach
  }

  /** List the events of a spot in the card. @param {string} spot @param {string} last the event whose card is left for the list */
  async gathered(spot, last) {
    const { card } = this.views;
    const key = `${spot}|${this.asked(this.state.params)}`;
    if (key === this.crowd && !card.box.hidden) return;
    this.crowd = key;
    await card.many((from, count) => this.sources.rows(this.state.params, from, count, boxOf(spot), "crowd"), last);
  }

  none() {
    const { card, map, timeline, list } = this.views;
    if (!this.state.params["spot"] && !card.box.hidden) card.close();
    if (map.pins.length) map.choose([]);
    if (map.area) map.tint(null);
    timeline.doubt = null;
    list.mark(undefined);
    this.shown = "";
  }

  /** Bring pins into what the card leaves to be seen of the map. @param {{x: number, y: number}[]} pins */
  reveal(pins) {
    this.views.map.reveal(pins, this.covered());
  }

  /** How much of the map the card lies over, in pixels: beside it in a small frame, from below on a phone. */
  covered() {
    const { map, card } = this.views;
    const [own, over] = [map.box.getBoundingClientRect(), card.box.getBoundingClientRect()];
    const wide = Math.min(own.right, over.right) - Math.max(own.left, over.left);
    const high = Math.min(own.bottom, over.bottom) - Math.max(own.top, over.top);
    if (wide <= 0 || high <= 0) return { side: 0, below: 0 };
    return wide < own.width ? { side: wide, below: 0 } : { side: 0, below: Math.min(high, own.height * 0.7) };
  }

  /** @param {any} known */
  mark(known) {
    const { map, timeline, room } = this.views;
    const [from, to] = known.span ?? [0, 0];
    timeline.doubt = known.span && to > from ? [from, to + 1] : null;
    timeline.draw();
    map.choose(known.pins);
    room.make();
  }

  /** Learn how far the places reach, and tint the countries of those that are known no finer. @param {string} id */
  async detail(id) {
    const { map } = this.views;
    const exact = await this.sources.remote.event(id);
    if (!exact || this.state.params["event"] !== id) return;
    map.choose(exact.pins);
    const codes = new Set(exact.pins.filter((/** @type {any} */ pin) => pin.rank === COUNTRY).flatMap((/** @type {any} */ pin) => pin.codes.split(",")));
    if (!codes.size) return map.tint(null);
    const areas = await ask("areas", `/events/countries?ids=${encodeURIComponent(id)}&geometry=shape`);
    if (this.state.params["event"] !== id) return;
    map.tint({ ...areas, features: areas.features.filter((/** @type {any} */ one) => codes.has(one.id) && one.geometry?.type !== "Point") });
  }
}
