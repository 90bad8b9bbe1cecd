// @ts-check
/** Keeps the map's names out from under our marks: invisible symbols stand where they are, and names give way. */

import { radius } from "./clusters.js";
import { degrees } from "../shared/mercator.js";

/** @typedef {import("./clusters.js").Mark} Mark */
const ID = "room-for-marks";
const SIZE = 8; // pixels of the empty picture, which is scaled

export class Room {
  /** @param {import("./map.js").WorldMap} map */
  constructor(map) {
    this.map = map;
    this.timer = 0;
    this.told = "";
  }

  /** Make room for the marks that are drawn now, when they rest. */
  make() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.draw(), 160);
  }

  draw() {
    const { ground, marks, pins } = this.map;
    if (!ground?.getSource) return;
    if (!ground.isStyleLoaded()) return void ground.once("idle", () => this.make());
    const features = [
      ...marks.map((mark) => this.spot(mark, radius(mark) + (mark.vague ? 5 : 2))),
      ...pins.map((pin) => this.spot(pin, 14)),
    ];
    const told = JSON.stringify(features);
    const held = ground.getSource(ID);
    if (held && told === this.told) return;
    this.told = told;
    const data = { type: "FeatureCollection", features };
    if (held) return held.setData(data);
    if (!ground.hasImage(ID)) ground.addImage(ID, { width: SIZE, height: SIZE, data: new Uint8Array(SIZE * SIZE * 4) });
    ground.addSource(ID, { type: "geojson", data });
    // What is uppermost is placed first, and never hidden itself.
    const layout = { "icon-image": ID, "icon-size": ["get", "size"], "icon-allow-overlap": true, "icon-padding": 0 };
    ground.addLayer({ id: ID, type: "symbol", source: ID, layout });
  }

  /** @param {{x: number, y: number}} at @param {number} reach pixels */
  spot(at, reach) {
    const coordinates = degrees(at.x, at.y).map((side) => +side.toFixed(3));
    return { type: "Feature", geometry: { type: "Point", coordinates }, properties: { size: +((2 * reach) / SIZE).toFixed(1) } };
  }
}
