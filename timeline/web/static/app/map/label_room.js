// @ts-check
/** Keeps the names of the base map out from under the marks: invisible symbols at the marks push names away. */

import { radius } from "./clusters.js";
import { degrees } from "../shared/mercator.js";

const ID = "room-for-marks";
const ICON_SIZE = 8; // pixels of the empty picture, which each symbol scales
const PIN_RADIUS = 14; // pixels
const DELAY_MS = 160;

export class LabelRoom {
  /** @param {{ground: {map: any} | null, layer: Pick<import("./marks_layer.js").MarksLayer, "marks" | "pins">}} worldMap */
  constructor(worldMap) {
    this.worldMap = worldMap;
    this.timer = 0;
    this.drawn = "";
  }

  /** Make room for the marks when they have not changed for a while. */
  update() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.draw(), DELAY_MS);
  }

  draw() {
    const map = this.worldMap.ground?.map;
    if (!map) return;
    if (!map.isStyleLoaded()) return void map.once("idle", () => this.update());
    const { marks, pins } = this.worldMap.layer;
    const features = [
      ...marks.map((mark) => feature(mark, radius(mark) + (mark.vague ? 5 : 2))),
      ...pins.map((pin) => feature(pin, PIN_RADIUS)),
    ];
    const key = JSON.stringify(features);
    const source = map.getSource(ID);
    if (source && key === this.drawn) return;
    this.drawn = key;
    const data = { type: "FeatureCollection", features };
    if (source) return source.setData(data);
    const size = { width: ICON_SIZE, height: ICON_SIZE };
    if (!map.hasImage(ID)) map.addImage(ID, { ...size, data: new Uint8Array(ICON_SIZE * ICON_SIZE * 4) });
    map.addSource(ID, { type: "geojson", data });
    // MapLibre places the symbols of the topmost layer first, so that names cannot take their room.
    const layout = { "icon-image": ID, "icon-size": ["get", "size"], "icon-allow-overlap": true, "icon-padding": 0 };
    map.addLayer({ id: ID, type: "symbol", source: ID, layout });
  }
}

/** Return a point with the scale of its symbol. @param {{x: number, y: number}} point of the square of Web Mercator @param {number} reach radius in pixels */
function feature({ x, y }, reach) {
  const coordinates = degrees(x, y).map((side) => +side.toFixed(3));
  return { type: "Feature", geometry: { type: "Point", coordinates }, properties: { size: +((2 * reach) / ICON_SIZE).toFixed(1) } };
}
