// @ts-check
/** Tints the countries in which events have no more precise place: a mark in the middle would claim too much. */

import { request } from "../shared/fetch.js";
import { lang } from "../shared/messages.js";

/** @typedef {{id: string, properties: {name: string}, geometry: {type: string, coordinates: any}}} Area */

const DOUBLE_CLICK_MS = 250; // a second click within this time zooms in instead

export class TintedCountries {
  /** @param {import("./map.js").WorldMap} worldMap */
  constructor(worldMap) {
    this.worldMap = worldMap;
    /** @type {Set<string>} ISO 3166-1 alpha-2 */
    this.codes = new Set();
    /** @type {Map<string, Area>} by code */
    this.areas = new Map();
    this.timer = 0;
    this.isListening = false;
  }

  /** @param {Set<string>} codes ISO 3166-1 alpha-2 */
  show(codes) {
    this.codes = codes;
    if (!codes.size) this.worldMap.box.dataset["shaded"] = "0";
    const { ground } = this.worldMap;
    if (!ground) return;
    if (!this.isListening) {
      // Draw only when the base map is idle: readers wait for that one. A change of theme removes the tint.
      this.isListening = true;
      ground.onIdle(() => this.codes.size && !ground.hasTint && this.draw());
    }
    if (ground.hasTint) this.draw();
    else ground.repaint();
  }

  /** Draw the tint, after requests for outlines that are not loaded. */
  async draw() {
    const missing = [...this.codes].filter((code) => code && !this.areas.has(code)).sort();
    if (missing.length) await this.load(missing);
    const areas = [...this.codes].map((code) => this.areas.get(code)).filter((area) => area && area.geometry?.type !== "Point");
    this.worldMap.box.dataset["shaded"] = String(areas.length);
    this.worldMap.ground?.tint(areas, this.worldMap.palette.dark);
  }

  /** Load outlines. Codes have an empty area meanwhile, so that they are requested once. @param {string[]} codes */
  async load(codes) {
    for (const code of codes) this.areas.set(code, { id: code, properties: { name: code }, geometry: { type: "Point", coordinates: [] } });
    try {
      const outlines = await request("outlines", `/events/countries?country=${codes.join()}&geometry=outline&lang=${lang}`);
      for (const area of outlines.features) if (codes.includes(area.id)) this.areas.set(area.id, area);
    } catch {
      for (const code of codes) this.areas.delete(code); // the next call of `draw` requests them again
    }
  }

  /** Return the name of the tinted country under the pointer; "" for none. @param {MouseEvent} event */
  nameUnder(event) {
    return this.areas.get(this.worldMap.countryUnder(event) ?? "")?.properties.name ?? "";
  }

  /** Call a function with the code of a clicked country, unless the click is the first of two. @param {MouseEvent} event @param {(code: string) => void} onPick */
  click(event, onPick) {
    clearTimeout(this.timer);
    const code = event.detail > 1 ? null : this.worldMap.countryUnder(event);
    if (code && this.areas.has(code)) this.timer = window.setTimeout(() => onPick(code), DOUBLE_CLICK_MS);
  }
}
