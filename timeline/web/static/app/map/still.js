// @ts-check
/** The base map for browsers without WebGL: land and borders on a canvas, in the square of Web Mercator. It does not move. */

import { mercatorX, mercatorY } from "../shared/mercator.js";
import { facts } from "../shared/messages.js";
import { WORLD_BOUNDS } from "./ground.js";

/** @typedef {import("./types.js").Bounds} Bounds */
/** @typedef {import("./types.js").Ground} Ground */
/** @typedef {import("./types.js").Point} Point */
/** @typedef {[number, number][]} Ring points of the square of Web Mercator */

const LIGHT = { water: "#d9e3e8", land: "#f6f3ec", border: "#b8afa2", tint: "rgb(26 26 28 / 9%)" };
const DARK = { water: "#15181d", land: "#24272d", border: "#545a64", tint: "rgb(236 235 232 / 10%)" };
const PADDING = 90; // pixels around the events, of both sides together
const MIN_FRAME = 0.02; // of the world
const MAX_SCALE = 24000; // pixels across the world
const WORLD_PIXELS = 512; // at zoom 0
const SOUTH_OF_LAND = 0.95; // Antarctica's ring follows the pole here

/** @implements {Ground} */
export class Still {
  /** @param {HTMLElement} holder @param {Bounds | null} bounds @param {import("./types.js").Camera | null} camera instead of the bounds @param {boolean} dark */
  static async load(holder, bounds, camera, dark) {
    const response = await fetch(`${facts.assets}/vendor/world-atlas/countries-110m.json`);
    return new Still(holder, await response.json(), bounds, camera, dark);
  }

  /** @param {HTMLElement} holder @param {any} world TopoJSON @param {Bounds | null} bounds @param {import("./types.js").Camera | null} camera @param {boolean} dark */
  constructor(holder, world, bounds, camera, dark) {
    this.holder = holder;
    this.map = null;
    this.hasTint = true;
    this.target = holder.parentElement ?? holder;
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    holder.append(this.canvas);
    this.rings = readRings(world);
    this.colours = dark ? DARK : LIGHT;
    const [west, south, east, north] = bounds ?? WORLD_BOUNDS;
    this.frame = camera
      ? { x: mercatorX(camera.lon), y: mercatorY(camera.lat), width: 2 ** -camera.zoom * 1.5, height: 2 ** -camera.zoom }
      : { x: mercatorX((west + east) / 2), y: (mercatorY(south) + mercatorY(north)) / 2, width: (east - west) / 360, height: mercatorY(south) - mercatorY(north) };
    this.width = 0;
    this.height = 0;
    this.scale = 1; // pixels across the world
    /** @type {{area: any, path: Path2D}[]} tinted countries */
    this.areas = [];
    this.draw();
  }

  /** Fit the frame into the holder, and draw. */
  draw() {
    const { width, height } = this.holder.getBoundingClientRect();
    const ratio = devicePixelRatio || 1;
    [this.width, this.height] = [width, height];
    const scale = Math.min((width - PADDING) / Math.max(this.frame.width, MIN_FRAME), (height - PADDING) / Math.max(this.frame.height, MIN_FRAME), MAX_SCALE);
    this.scale = Math.max(scale, width / 2, height); // three worlds side by side fill the holder
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    const pen = this.canvas.getContext("2d");
    if (!pen) return;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = this.colours.water;
    pen.fillRect(0, 0, width, height);
    for (const turn of [0, -1, 1]) for (const ring of this.rings) this.drawLand(pen, ring, turn);
    this.drawTint(pen);
  }

  /** @param {CanvasRenderingContext2D} pen @param {Ring} ring @param {number} turn copy of the world: -1 to the west, 1 to the east */
  drawLand(pen, ring, turn) {
    pen.beginPath();
    for (const [x, y] of ring) pen.lineTo(...this.position({ x: x + turn, y }));
    pen.closePath();
    pen.fillStyle = this.colours.land;
    pen.fill();
    pen.strokeStyle = this.colours.border;
    pen.lineWidth = 0.7;
    pen.stroke();
  }

  /** Tint countries, instead of those tinted before. @param {any[]} areas Features */
  tint(areas) {
    this.areas = areas.map((area) => ({ area, path: new Path2D() }));
    this.draw();
  }

  /** @param {CanvasRenderingContext2D} pen */
  drawTint(pen) {
    pen.fillStyle = this.colours.tint;
    for (const tinted of this.areas) {
      tinted.path = new Path2D();
      const { type, coordinates } = tinted.area.geometry;
      for (const ring of type === "Polygon" ? coordinates : coordinates.flat()) {
        for (const [lon, lat] of ring) tinted.path.lineTo(...this.position({ x: mercatorX(lon), y: mercatorY(lat) }));
        tinted.path.closePath();
      }
      pen.fill(tinted.path, "evenodd");
    }
  }

  /** @param {number} x @param {number} y @returns {string | null} */
  countryAt(x, y) {
    const pen = this.canvas.getContext("2d");
    const ratio = devicePixelRatio || 1;
    return this.areas.find(({ path }) => pen?.isPointInPath(path, x * ratio, y * ratio, "evenodd"))?.area.id ?? null;
  }

  /** @param {Point} point @returns {[number, number]} pixels */
  position({ x, y }) {
    return [(x - this.frame.x) * this.scale + this.width / 2, (y - this.frame.y) * this.scale + this.height / 2];
  }

  view() {
    const [width, height] = [this.width / this.scale / 2, this.height / this.scale / 2];
    const { x, y } = this.frame;
    return { zoom: Math.log2(this.scale / WORLD_PIXELS), west: x - width, east: x + width, north: y - height, south: y + height };
  }

  // What a map does that can move and load another style:
  address() {
    return "";
  }
  zoomTo() {
    return false;
  }
  highlight() {
    return false;
  }
  recolour() {}
  resize() {}
  retry() {}
  jumpTo() {}
  fit() {}
  onIdle() {}
  repaint() {}
}

/** Continue a ring that crosses the antimeridian beyond the edge of the square; Antarctica's way along the pole does not cross it. @param {Ring} ring @returns {Ring} */
function unwrap(ring) {
  let [turn, before] = [0, ring[0]?.[0] ?? 0];
  return ring.map(([x, y]) => {
    if (Math.abs(x - before) > 0.5 && y < SOUTH_OF_LAND) turn += x < before ? 1 : -1;
    before = x;
    return [x + turn, y];
  });
}

/** Return the rings of all countries. @param {any} world TopoJSON @returns {Ring[]} */
function readRings(world) {
  const { scale, translate } = world.transform;
  const arcs = world.arcs.map((/** @type {number[][]} */ arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx = 0, dy = 0]) => {
      x += dx;
      y += dy;
      return [mercatorX(x * scale[0] + translate[0]), mercatorY(y * scale[1] + translate[1])];
    });
  });
  const ringOf = (/** @type {number[]} */ numbers) => unwrap(numbers.flatMap((n) => (n < 0 ? [...arcs[~n]].reverse() : arcs[n])));
  return world.objects.countries.geometries.flatMap((/** @type {any} */ country) =>
    country.type === "Polygon" ? country.arcs.map(ringOf) : country.type === "MultiPolygon" ? country.arcs.flat().map(ringOf) : [],
  );
}
