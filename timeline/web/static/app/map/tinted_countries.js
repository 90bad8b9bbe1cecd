// @ts-check
/** Tints the countries of which no finer place is known, since a mark in their middle would say too much. */

import { ask } from "../shared/fetch.js";
import { filterOnly, write } from "../shared/address.js";
import { lang } from "../shared/messages.js";

/** @typedef {import("../shared/address.js").Params} Params */
/** @typedef {{id: string, properties: {name: string}, geometry: {type: string, coordinates: any}}} Area */
const ID = "vague-areas";
const COUNTRY = 5; // rank of a precision
const DOUBLE = 250; // milliseconds in which a second click means to come closer

/** Name the countries of selected pins that say no more than the country. @param {any} source @param {Params} params @returns {Promise<Set<string>>} */
export async function vague(source, params) {
  const { c, pins, events } = source;
  if (!c) return counted(params);
  const found = new Set();
  for (let p = 0; p < c.owner.length; p++) {
    if (c.rank[p] === COUNTRY && pins[p] && events[c.owner[p]]) for (const code of c.codes[c.spot[p]].split(",")) found.add(code);
  }
  return found;
}

/** The same by the server: where more events match than are placed finer. @param {Params} params @returns {Promise<Set<string>>} */
async function counted(params) {
  const kept = filterOnly(params);
  if (kept["precision"] && kept["precision"] !== "country") return new Set();
  const get = (/** @type {string} */ name, /** @type {Params} */ more) =>
    ask(name, `/events/countries?${[write({ ...kept, ...more }), "geometry=none"].filter(Boolean).join("&")}`);
  const [every, finer] = await Promise.all([get("vague", {}), get("finer", { precision: "admin1" })]);
  const placed = new Map(finer.features.map((/** @type {any} */ one) => [one.id, one.properties.events]));
  return new Set(every.features.filter((/** @type {any} */ one) => one.properties.events > (placed.get(one.id) ?? 0)).map((/** @type {any} */ one) => one.id));
}

export class Shade {
  /** @param {import("./map.js").WorldMap} map */
  constructor(map) {
    this.map = map;
    /** @type {Set<string>} */
    this.codes = new Set();
    /** @type {Map<string, Area>} */
    this.areas = new Map();
    this.pressed = 0;
    this.watched = false;
  }

  /** @param {Set<string>} codes ISO 3166-1 alpha-2 */
  show(codes) {
    this.codes = codes;
    const ground = this.map.ground;
    if (!codes.size) this.map.box.dataset["shaded"] = "0";
    if (!ground) return;
    if (ground.getSource && !this.watched) {
      // Not before the map stands: it is what the reader waits for. Another theme takes the layer away.
      this.watched = true;
      ground.on("idle", () => this.codes.size && !ground.getSource(ID) && this.draw());
    }
    if (!ground.getSource || ground.getSource(ID)) this.draw();
    else ground.triggerRepaint();
  }

  async draw() {
    const missing = [...this.codes].filter((code) => code && !this.areas.has(code)).sort();
    if (missing.length) await this.learn(missing);
    const features = [...this.codes].map((code) => this.areas.get(code)).filter((area) => area && area.geometry?.type !== "Point");
    const ground = this.map.ground;
    this.map.box.dataset["shaded"] = String(features.length);
    if (!ground.getSource) return ground.shade(features);
    const data = { type: "FeatureCollection", features };
    if (ground.getSource(ID)) return ground.getSource(ID).setData(data);
    const above = ground.getStyle().layers.find((/** @type {any} */ layer) => layer.type === "line" || layer.type === "symbol")?.id;
    ground.addSource(ID, { type: "geojson", data });
    const opacity = ["interpolate", ["linear"], ["zoom"], 4.5, 0.09, 7, 0]; // the outlines are drawn for small scales
    const paint = { "fill-color": this.map.ink.dark ? "#ecebe8" : "#1a1a1c", "fill-opacity": opacity, "fill-antialias": false };
    ground.addLayer({ id: ID, type: "fill", source: ID, paint }, above);
  }

  /** @param {string[]} codes */
  async learn(codes) {
    for (const code of codes) this.areas.set(code, { id: code, properties: { name: code }, geometry: { type: "Point", coordinates: [] } });
    try {
      const found = await ask("outlines", `/events/countries?country=${codes.join()}&geometry=outline&lang=${lang}`);
      for (const area of found.features) if (codes.includes(area.id)) this.areas.set(area.id, area);
    } catch {
      for (const code of codes) this.areas.delete(code); // the counts stand without their tint; the next time it is asked again
    }
  }

  /** The tinted country under the pointer. @param {MouseEvent} event @returns {Area | null} */
  over(event) {
    const { ground, box } = this.map;
    const { left, top } = box.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    if (!ground) return null;
    if (!ground.getSource) return ground.areaAt(x, y);
    if (!ground.getLayer(ID) || ground.getZoom() > 7) return null;
    const [found] = ground.queryRenderedFeatures([x, y], { layers: [ID] });
    return found ? (this.areas.get(found.properties["country"]) ?? null) : null;
  }

  /** Tell of a click on a country, unless it is the first of two. @param {MouseEvent} event @param {(code: string) => void} chosen */
  click(event, chosen) {
    clearTimeout(this.pressed);
    const area = event.detail > 1 ? null : this.over(event);
    if (area) this.pressed = window.setTimeout(() => chosen(area.id), DOUBLE);
  }
}
