// @ts-check
/** The canvas over the base map with the marks, and the pins of the open event. */

import { radius } from "./clusters.js";
import { drawMark, drawOpenPin } from "./paint.js";

/** @typedef {import("./types.js").Pin} Pin */
/** @typedef {import("./types.js").Mark} Mark */
/** @typedef {import("./types.js").Ground} Ground */

const EDGE_PIXELS = 28; // from the edge of the map: distance of marks at a pole, which is beyond the edge
const VISIBLE_MARGIN = 40; // pixels around the canvas in which marks are drawn
const MIN_TOUCH_RADIUS = 22; // pixels: a finger needs targets of 44
const MIN_COARSE_REACH = 26; // pixels
const EQUATOR_KM = 40075;
const WORLD_PIXELS = 512; // at zoom 0

export class MarksLayer {
  /** @param {import("../shared/palette.js").Palette} palette */
  constructor(palette) {
    this.palette = palette;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "marks";
    this.canvas.setAttribute("aria-hidden", "true");
    /** @type {Mark[]} largest first */
    this.marks = [];
    /** @type {string[]} categories of the marks' counts */
    this.slugs = [];
    /** @type {Pin[]} of the open event */
    this.pins = [];
    /** @type {Ground | null} */
    this.ground = null;
    this.hasArea = false; // the countries of the open event are highlighted instead of the reach of its pins
    this.width = 0;
    this.height = 0;
  }

  /** @param {number} width pixels @param {number} height */
  resize(width, height) {
    const ratio = devicePixelRatio || 1;
    [this.width, this.height] = [width, height];
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
  }

  /** Return the position in pixels of a point of the square of Web Mercator, in the copy of the world nearest to the middle. @param {{x: number, y: number}} point @returns {[number, number]} */
  position(point) {
    if (!this.ground) return [-99, -99];
    const [x, y] = this.ground.position(point);
    // At the south pole twice as far, above the map's line of attribution.
    return [x, y + (point.y < 1e-6 ? EDGE_PIXELS : point.y > 1 - 1e-6 ? -2 * EDGE_PIXELS : 0)];
  }

  /** Return the nearest mark under a pointer; small marks are enlarged to what a finger can hit. @param {number} x @param {number} y @returns {Mark | null} */
  markAt(x, y) {
    let [nearest, least] = [/** @type {Mark | null} */ (null), Infinity];
    for (const mark of this.marks) {
      const [markX, markY] = this.position(mark);
      const distance = Math.hypot(markX - x, markY - y) - radius(mark);
      if (distance < Math.max(4, MIN_TOUCH_RADIUS - radius(mark)) && distance < least) [nearest, least] = [mark, distance];
    }
    return nearest;
  }

  paint() {
    const pen = this.canvas.getContext("2d");
    if (!pen || !this.ground) return;
    const ratio = devicePixelRatio || 1;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    for (const mark of this.marks) {
      const [x, y] = this.position(mark);
      if (this.isVisible(x, y)) drawMark(pen, mark, x, y, this.slugs, this.palette);
    }
    const { zoom } = this.ground.view();
    for (const pin of this.pins) {
      const [x, y] = this.position(pin);
      drawOpenPin(pen, { x, y, coarse: pin.coarse, reach: this.reach(pin, zoom), slug: pin.slug }, this.palette);
    }
  }

  /** @param {number} x @param {number} y */
  isVisible(x, y) {
    return x > -VISIBLE_MARGIN && x < this.width + VISIBLE_MARGIN && y > -VISIBLE_MARGIN && y < this.height + VISIBLE_MARGIN;
  }

  /** Return the radius in pixels of the area in which a pin's place is; 0 if its country is highlighted instead. @param {Pin} pin @param {number} zoom */
  reach(pin, zoom) {
    if (pin.country && this.hasArea) return 0;
    const kmAround = EQUATOR_KM * Math.max(0.01, Math.cos((pin.lat * Math.PI) / 180)); // length of the parallel
    return Math.max((pin.km / kmAround) * WORLD_PIXELS * 2 ** zoom, pin.coarse ? MIN_COARSE_REACH : 0);
  }
}
