// @ts-check
/** A still map for browsers without WebGL: land and borders on a canvas, in the square of Web Mercator. */

import { mercatorY } from "../shared/mercator.js";
import { facts } from "../shared/messages.js";

/** @type {Record<"light" | "dark", [string, string, string]>} water, land, borders */
const INKS = { light: ["#d9e3e8", "#f6f3ec", "#b8afa2"], dark: ["#15181d", "#24272d", "#545a64"] };

export class Still {
  /** @param {HTMLElement} box @param {[number, number, number, number] | null} bounds @param {number[] | null} at @param {boolean} dark */
  static async make(box, bounds, at, dark) {
    const answer = await fetch(`${facts.assets}/vendor/world-atlas/countries-110m.json`);
    return new Still(box, await answer.json(), bounds, at, dark);
  }

  /** @param {HTMLElement} box @param {any} world TopoJSON @param {[number, number, number, number] | null} bounds @param {number[] | null} at @param {boolean} dark */
  constructor(box, world, bounds, at, dark) {
    this.box = box;
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    box.append(this.canvas);
    this.rings = rings(world);
    this.ink = INKS[dark ? "dark" : "light"];
    const [west, south, east, north] = bounds ?? [-120, -45, 150, 70];
    const [zoom = 1, lat = 0, lon = 0] = at ?? [];
    this.frame = at
      ? { x: (lon + 180) / 360, y: mercatorY(lat), w: 2 ** -zoom * 1.5, h: 2 ** -zoom }
      : { x: (west + east + 360) / 720, y: (mercatorY(south) + mercatorY(north)) / 2, w: (east - west) / 360, h: mercatorY(south) - mercatorY(north) };
    this.wide = 0;
    this.high = 0;
    /** @type {{area: any, path: Path2D}[]} */
    this.areas = [];
    this.dark = dark;
    this.scale = 1;
    this.resize();
  }

  resize() {
    const { width, height } = this.box.getBoundingClientRect();
    const ratio = devicePixelRatio || 1;
    this.wide = width;
    this.high = height;
    this.scale = Math.min((width - 90) / Math.max(this.frame.w, 0.02), (height - 90) / Math.max(this.frame.h, 0.02), 24000);
    this.scale = Math.max(this.scale, width / 2, height); // three worlds side by side fill it
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    const pen = this.canvas.getContext("2d");
    if (!pen) return;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = this.ink[0] ?? "";
    pen.fillRect(0, 0, width, height);
    // Once in its place and once on either side, for what goes beyond the edge.
    for (const [ring, by] of [0, -1, 1].flatMap((by) => this.rings.map((ring) => /** @type {const} */ ([ring, by])))) {
      pen.beginPath();
      for (const [x, y] of ring) pen.lineTo(...this.spot({ x: x + by, y }));
      pen.closePath();
      pen.fillStyle = this.ink[1] ?? "";
      pen.fill();
      pen.strokeStyle = this.ink[2] ?? "";
      pen.lineWidth = 0.7;
      pen.stroke();
    }
    this.tint(pen);
  }

  /** Tint countries, instead of those before. @param {any[]} areas Features */
  shade(areas) {
    this.areas = areas.map((area) => ({ area, path: new Path2D() }));
    this.resize();
  }

  /** @param {CanvasRenderingContext2D} pen */
  tint(pen) {
    pen.fillStyle = this.dark ? "rgb(236 235 232 / 10%)" : "rgb(26 26 28 / 9%)";
    for (const one of this.areas) {
      one.path = new Path2D();
      const { type, coordinates } = one.area.geometry;
      const rings = type === "Polygon" ? coordinates : coordinates.flat();
      for (const ring of rings) {
        for (const [lon, lat] of ring) one.path.lineTo(...this.spot({ x: (lon + 180) / 360, y: mercatorY(lat) }));
        one.path.closePath();
      }
      pen.fill(one.path, "evenodd");
    }
  }

  /** The tinted country at a point in pixels. @param {number} x @param {number} y */
  areaAt(x, y) {
    const pen = this.canvas.getContext("2d");
    const ratio = devicePixelRatio || 1;
    return this.areas.find(({ path }) => pen?.isPointInPath(path, x * ratio, y * ratio, "evenodd"))?.area ?? null;
  }

  /** @param {{x: number, y: number}} at @returns {[number, number]} */
  spot({ x, y }) {
    return [(x - this.frame.x) * this.scale + this.wide / 2, (y - this.frame.y) * this.scale + this.high / 2];
  }

  view() {
    const [w, h] = [this.wide / this.scale / 2, this.high / this.scale / 2];
    const { x, y } = this.frame;
    return { zoom: Math.log2(this.scale / 512), west: x - w, east: x + w, north: y - h, south: y + h };
  }
}

/**
 * Let a ring that jumps across the antimeridian go on beyond the edge; Antarctica's way along the pole is none.
 * @param {[number, number][]} ring @returns {[number, number][]}
 */
function whole(ring) {
  let [turn, before] = [0, ring[0]?.[0] ?? 0];
  return ring.map(([x, y]) => {
    if (Math.abs(x - before) > 0.5 && y < 0.95) turn += x < before ? 1 : -1;
    before = x;
    return [x + turn, y];
  });
}

/** Read the rings of all countries as points of the world square. @param {any} world @returns {[number, number][][]} */
function rings(world) {
  const { scale, translate } = world.transform;
  const arcs = world.arcs.map((/** @type {number[][]} */ arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx = 0, dy = 0]) => {
      x += dx;
      y += dy;
      return [(x * scale[0] + translate[0] + 180) / 360, mercatorY(y * scale[1] + translate[1])];
    });
  });
  const ring = (/** @type {number[]} */ numbers) =>
    whole(numbers.flatMap((n) => (n < 0 ? [...arcs[~n]].reverse() : arcs[n])));
  return world.objects.countries.geometries.flatMap((/** @type {any} */ one) =>
    one.type === "Polygon" ? one.arcs.map(ring) : one.type === "MultiPolygon" ? one.arcs.flat().map(ring) : [],
  );
}
