// @ts-check
/**
 * Marks from the server's tiles (/tiles): the tiles of a view are requested once each, and their clusters regrouped into
 * the grid of the browser. A tile is drawn up to twice as wide as in MapLibre, so that a view needs fewer.
 */

import { gridOf, regroup } from "../map/clusters.js";
import { cancel, request } from "../shared/fetch.js";
import { mercatorX, mercatorY } from "../shared/mercator.js";
import { PRECISIONS, isCoarse } from "../shared/precision.js";
import { readPoints } from "./mvt.js";

/** @typedef {import("../map/types.js").Mark} Mark */
/** @typedef {import("../map/types.js").View} View */
/** @typedef {[number, number, number]} TileAddress z, x, y */

const MAX_TILES_CACHED = 160;
const MAX_ZOOM = 22;

/** Return the addresses of the tiles that cover a view, each once. @param {View} view @returns {TileAddress[]} */
function tilesOf(view) {
  const { zoom, margin, wholeWorld } = gridOf(view);
  // The sixteen cells of a tile are then 45 or 64 pixels wide; the browser's own are 72.
  const z = Math.max(0, Math.min(MAX_ZOOM, Math.floor(zoom + 0.5) - 1));
  const n = 2 ** z;
  const [west, east] = wholeWorld ? [0, n - 1] : [Math.floor((view.west - margin) * n), Math.floor((view.east + margin) * n)];
  const clamp = (/** @type {number} */ y) => Math.min(n - 1, Math.max(0, Math.floor(y * n)));
  const [north, south] = [clamp(view.north - margin), clamp(view.south + margin)];
  /** @type {Map<string, TileAddress>} */
  const tiles = new Map();
  for (let y = north; y <= south; y++) {
    for (let x = west; x <= east; x++) {
      const column = ((x % n) + n) % n;
      tiles.set(`${column}/${y}`, [z, column, y]);
    }
  }
  return [...tiles.values()];
}

/** Return the mark for a point of a tile. @param {import("./mvt.js").TilePoint} point @param {TileAddress} address @param {string[]} slugs @returns {Mark} */
function markOf(point, [z, x, y], slugs) {
  const count = Number(point["count"] ?? 1);
  const box = /** @type {Mark["box"]} */ (String(point["bbox"]).split(",").map(Number));
  const by = slugs.map((slug) => Number(count > 1 ? point[`categories.${slug}`] ?? 0 : point["category"] === slug));
  if (count > 1) {
    return { box, by, x: (x + point.x) / 2 ** z, y: (y + point.y) / 2 ** z, count, vague: point["coarse"] ? count : 0, event: "" };
  }
  const vague = Number(isCoarse(PRECISIONS.indexOf(String(point["precision"]))));
  return { box, by, x: mercatorX(box[0]), y: mercatorY(box[1]), count, vague, event: String(point["id"]), title: String(point["title"]) };
}

export class Tiles {
  /** @param {string[]} slugs in the order of a mark's counts */
  constructor(slugs) {
    this.slugs = slugs;
    /** @type {Map<string, Mark[]>} by path, least recently used first */
    this.cache = new Map();
    /** @type {Map<string, Promise<Mark[]>>} by path */
    this.pending = new Map();
  }

  /** Empty the cache, because the data has changed. */
  clear() {
    this.cache.clear();
  }

  /** Return the marks of a view; cancel requests for tiles of another view or filter. @param {string} query of the filter @param {View} view */
  async marks(query, view) {
    const addresses = tilesOf(view);
    const paths = addresses.map((address) => `/tiles/${address.join("/")}?${query ? `${query}&` : ""}group=always`);
    for (const path of [...this.pending.keys()].filter((pending) => !paths.includes(pending))) {
      this.pending.delete(path);
      cancel(path);
    }
    const clusters = await Promise.all(paths.map((path, i) => this.tile(path, /** @type {TileAddress} */ (addresses[i]))));
    return regroup(clusters.flat(), view);
  }

  /** @param {string} path @param {TileAddress} address @returns {Mark[] | Promise<Mark[]>} */
  tile(path, address) {
    const cached = this.cache.get(path);
    if (cached) {
      this.cache.delete(path);
      this.cache.set(path, cached);
      return cached;
    }
    const pending = this.pending.get(path);
    if (pending) return pending;
    const loading = this.load(path, address).finally(() => this.pending.get(path) === loading && this.pending.delete(path));
    this.pending.set(path, loading);
    return loading;
  }

  /** @param {string} path @param {TileAddress} address */
  async load(path, address) {
    const marks = readPoints(await request(path, path, "arrayBuffer"), "events").map((point) => markOf(point, address, this.slugs));
    this.cache.set(path, marks);
    for (const oldest of this.cache.keys()) {
      if (this.cache.size <= MAX_TILES_CACHED) break;
      this.cache.delete(oldest);
    }
    return marks;
  }
}
