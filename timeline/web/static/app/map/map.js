// @ts-check
/** The map: a base map, and the marks on a canvas over it. */

import { degrees } from "../shared/mercator.js";
import { translate } from "../shared/messages.js";
import { readPalette } from "../shared/palette.js";
import { LiveGround } from "./ground.js";
import { MarksLayer } from "./marks_layer.js";
import { Tooltip } from "./tooltip.js";

/** @typedef {import("./types.js").MapEvents} MapEvents */
/** @typedef {import("./types.js").Mark} Mark */
/** @typedef {import("./types.js").View} View */
/** @typedef {import("./types.js").Bounds} Bounds */
/** @typedef {import("./types.js").Camera} Camera */
/** @typedef {import("./types.js").Pin} Pin */

const VISIBLE_MARGIN = 24; // pixels: a point nearer to the edge does not count as visible

/** Parse the `map` parameter. @param {string | undefined} text zoom/lat/lon @returns {Camera | null} */
export function parseCamera(text) {
  if (!text) return null;
  const [zoom = 1, lat = 0, lon = 0] = text.split("/").map(Number);
  return { zoom, lat, lon };
}

export class WorldMap {
  /** @param {HTMLElement} box @param {MapEvents} events */
  constructor(box, events) {
    this.box = box;
    this.events = events;
    this.palette = readPalette();
    this.layer = new MarksLayer(this.palette);
    this.tooltip = new Tooltip(box);
    /** @type {import("./types.js").Ground | null} */
    this.ground = null;
    this.isGroundMissing = false; // it could not be loaded
    /** @type {any} the countries of the open event, GeoJSON */
    this.area = null;
    this.resizeObserver = new ResizeObserver(() => this.resize());
    this.resizeObserver.observe(box);
  }

  stop() {
    this.resizeObserver.disconnect();
    this.ground?.map?.remove();
  }

  /** Make the base map: MapLibre, or a still map without WebGL. @param {Bounds | null} bounds @param {Camera | null} camera instead of the bounds */
  async start(bounds, camera) {
    const holder = document.createElement("div");
    holder.className = "ground";
    this.box.append(holder, this.layer.canvas, this.tooltip.element);
    try {
      this.useGround(await LiveGround.load(holder, bounds, camera, this.palette.dark, this.groundEvents()));
    } catch {
      const { Still } = await import("./still.js");
      holder.replaceChildren();
      this.useGround(await Still.load(holder, bounds, camera, this.palette.dark));
      const line = document.createElement("p");
      line.className = "line";
      line.textContent = translate("no_webgl");
      this.box.append(line);
    }
    this.events.onMove(false);
    this.resize();
    this.box.dataset["ready"] = "yes";
  }

  /** @returns {import("./types.js").GroundEvents} */
  groundEvents() {
    return {
      onMove: () => this.layer.paint(),
      onRest: (byHand) => this.events.onMove(byHand),
      onLoad: () => this.highlight(this.area),
      onIdle: () => (this.box.dataset["idle"] = "yes"),
      onAvailable: (available) => {
        this.isGroundMissing = !available;
        this.events.onGround(available);
      },
    };
  }

  /** @param {import("./types.js").Ground} ground */
  useGround(ground) {
    this.ground = this.layer.ground = ground;
    ground.target.addEventListener("click", (event) => {
      const mark = this.markUnder(event);
      if (mark) this.events.onPick(mark);
      else this.events.onClick(event);
    });
    ground.target.addEventListener("mousemove", (event) => this.hover(event));
    ground.target.addEventListener("mouseleave", () => this.tooltip.hide());
  }

  /** Load the base map again if it could not be loaded. */
  retry() {
    if (this.isGroundMissing) this.ground?.retry();
  }

  /** Read the colours again, because the theme has changed. */
  recolour() {
    this.palette = this.layer.palette = readPalette();
    this.ground?.recolour(this.palette.dark);
    this.layer.paint();
  }

  /** @param {MouseEvent} event */
  hover(event) {
    const mark = event.buttons ? null : this.markUnder(event);
    const area = mark || event.buttons ? "" : this.events.areaName(event);
    if (this.ground) this.ground.target.style.cursor = mark || area ? "pointer" : "";
    if (mark) this.tooltip.showMark(mark, this.layer.position(mark));
    else if (area) this.tooltip.showArea(area, event);
    else this.tooltip.hide();
  }

  /** @param {MouseEvent} event */
  markUnder(event) {
    const { left, top } = this.box.getBoundingClientRect();
    return this.layer.markAt(event.clientX - left, event.clientY - top);
  }

  /** Return the code of the tinted country under the pointer. @param {MouseEvent} event */
  countryUnder(event) {
    const { left, top } = this.box.getBoundingClientRect();
    return this.ground?.countryAt(event.clientX - left, event.clientY - top) ?? null;
  }

  /** @returns {View | null} */
  view() {
    return this.ground?.view() ?? null;
  }

  /** Return the box that the map shows, in degrees; null before there is a base map. @returns {import("../shared/types.js").Box | null} */
  bounds() {
    const view = this.view();
    if (!view) return null;
    const [south, north] = [degrees(0, view.south)[1], degrees(0, view.north)[1]];
    if (view.east - view.west >= 1) return [-180, south, 180, north];
    const longitude = (/** @type {number} */ x) => ((((x % 1) + 1) % 1) * 360) - 180;
    return [longitude(view.west), south, longitude(view.east), north];
  }

  /** Return the view for the address: "zoom/lat/lon"; "" for a map that does not move. */
  address() {
    return this.ground?.address() ?? "";
  }

  /** @param {string} address zoom/lat/lon */
  jumpTo(address) {
    const camera = parseCamera(address);
    if (camera) this.ground?.jumpTo(camera);
  }

  /** @param {Mark[]} marks @param {string[]} slugs categories of their counts */
  showMarks(marks, slugs) {
    this.layer.marks = [...marks].sort((a, b) => b.count - a.count);
    this.layer.slugs = slugs;
    this.layer.paint();
  }

  /** @param {Pin[]} pins of the open event */
  showPins(pins) {
    this.layer.pins = pins;
    this.layer.paint();
  }

  /** Highlight the countries of the open event. @param {any} area GeoJSON, or null for none */
  highlight(area) {
    this.area = area;
    this.layer.hasArea = Boolean(area);
    if (this.ground?.highlight(area, this.palette.fill(this.layer.pins[0]?.slug))) this.layer.paint();
  }

  /** Move the map if one of some points is not visible. @param {import("./types.js").Point[]} points @param {import("./types.js").Covered} [covered] */
  reveal(points, covered = { side: 0, below: 0 }) {
    if (!points.length || !this.ground) return;
    const [left, right] = document.dir === "rtl" ? [covered.side, 0] : [0, covered.side];
    const { width, height } = this.layer;
    const areVisible = points.every((point) => {
      const [x, y] = this.layer.position(point);
      return x > left + VISIBLE_MARGIN && x < width - right - VISIBLE_MARGIN && y > VISIBLE_MARGIN && y < height - covered.below - VISIBLE_MARGIN;
    });
    if (!areVisible) this.ground.fit(points, covered);
  }

  /** Zoom in on a mark of several pins; return false if zooming cannot split it. @param {Mark} mark */
  zoomTo(mark) {
    return this.ground?.zoomTo(mark.box) ?? false;
  }

  resize() {
    const { width, height } = this.box.getBoundingClientRect();
    this.layer.resize(width, height);
    this.ground?.resize();
    this.layer.paint();
  }
}
