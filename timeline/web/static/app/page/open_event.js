// @ts-check
/** The open event in every view: its card, its row in the list, its pins and countries on the map, its days on the timeline. */

import { readSpot } from "../shared/address.js";
import { request } from "../shared/fetch.js";

/** @typedef {import("../data/types.js").EventDetail} EventDetail */
/** @typedef {{card: import("../list/card.js").Card, map: import("../map/map.js").WorldMap, list: import("../list/list.js").List, timeline: import("../timeline/timeline.js").Timeline, labelRoom: import("../map/label_room.js").LabelRoom}} Views */

const MAX_COVERED_SHARE = 0.7; // of the map's height: under a taller card the map does not move further up

export class OpenEvent {
  /**
   * @param {import("../shared/address.js").AddressState} state @param {import("../data/source.js").Sources} sources @param {Views} views
   * @param {(params: import("../shared/types.js").Params) => string} listKey the same for parameters with the same list
   */
  constructor(state, sources, views, listKey) {
    this.state = state;
    this.sources = sources;
    this.views = views;
    this.listKey = listKey;
    this.id = ""; // of the event that is shown
    this.spotKey = ""; // of the list of a spot that is shown
  }

  /** Show the event of the address, the list of its spot, or neither. @param {boolean} [dragging] */
  async show(dragging = false) {
    const { event: id, spot } = this.state.params;
    if (!id) {
      const lastId = this.id;
      this.clear();
      return spot && !dragging ? this.showSpot(spot, lastId) : undefined;
    }
    if (id === this.id) return;
    this.id = id;
    this.spotKey = "";
    const event = await this.sources.event(id);
    if (!event) return this.state.set({ event: null }, false);
    if (this.state.params["event"] !== id) return;
    const card = this.views.card.show(event);
    this.views.list.markOpen(id);
    this.mark(event);
    requestAnimationFrame(() => this.reveal(event.pins));
    await card;
    this.showAreas(id).catch(() => undefined); // the pins are on the map without them
  }

  /** Show the event again at the next `show`: its card could not be filled. */
  forget() {
    this.id = "";
  }

  /** List the events of a spot in the card. @param {string} spot @param {string} lastId event whose card is left for the list */
  async showSpot(spot, lastId) {
    const { card } = this.views;
    const key = `${spot}|${this.listKey(this.state.params)}`;
    if (key === this.spotKey && card.isOpen) return;
    this.spotKey = key;
    await card.showList((from, count) => this.sources.rows(this.state.params, from, count, readSpot(spot), "crowd"), lastId);
  }

  clear() {
    const { card, map, timeline, list } = this.views;
    if (!this.state.params["spot"]) card.close();
    if (map.layer.pins.length) map.showPins([]);
    if (map.area) map.highlight(null);
    timeline.doubt = null;
    list.markOpen(undefined);
    this.id = "";
  }

  /** Move the map so that pins are visible outside the card. @param {{x: number, y: number}[]} pins */
  reveal(pins) {
    this.views.map.reveal(pins, this.covered());
  }

  /** Return how many pixels of the map the card covers: at its side in a small frame, from below on a phone. */
  covered() {
    const { map, card } = this.views;
    const [below, above] = [map.box.getBoundingClientRect(), card.box.getBoundingClientRect()];
    const width = Math.min(below.right, above.right) - Math.max(below.left, above.left);
    const height = Math.min(below.bottom, above.bottom) - Math.max(below.top, above.top);
    if (width <= 0 || height <= 0) return { side: 0, below: 0 };
    return width < below.width ? { side: width, below: 0 } : { side: 0, below: Math.min(height, below.height * MAX_COVERED_SHARE) };
  }

  /** @param {EventDetail} event */
  mark(event) {
    const { map, timeline, labelRoom } = this.views;
    const [from, to] = event.span ?? [0, 0];
    timeline.doubt = event.span && to > from ? [from, to + 1] : null;
    timeline.draw();
    map.showPins(event.pins);
    labelRoom.update();
  }

  /** Request how far from its pins the places may be, and the outlines of countries that are all that is known. @param {string} id */
  async showAreas(id) {
    const { map } = this.views;
    const event = await this.sources.remote.event(id);
    if (!event || this.state.params["event"] !== id) return;
    map.showPins(event.pins);
    const codes = new Set(event.pins.filter((pin) => pin.country).flatMap((pin) => pin.codes.split(",")));
    if (!codes.size) return map.highlight(null);
    const areas = await request("areas", `/events/countries?ids=${encodeURIComponent(id)}&geometry=shape`);
    if (this.state.params["event"] !== id) return;
    const features = areas.features.filter((/** @type {any} */ area) => codes.has(area.id) && area.geometry?.type !== "Point");
    map.highlight({ ...areas, features });
  }
}
