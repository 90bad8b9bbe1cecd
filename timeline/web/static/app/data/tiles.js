// @ts-check
/**
 * Many pins: the tiles of /tiles that a view needs, each asked for once, their clusters joined as our own are.
 * A tile is up to twice as wide as MapLibre would take it, so that a view needs few.
 */

import { grid, pooled } from "../map/clusters.js";
import { mercatorY } from "../shared/mercator.js";
import { ask, drop } from "../shared/fetch.js";
import { points } from "./mvt.js";

/** @typedef {import("../map/clusters.js").Mark} Mark */
/** @typedef {import("../map/map.js").View} View */

const KEPT = 160; // tiles
const DEEPEST = 22;
const COARSE = new Set(["admin2", "admin1", "country"]);

/** Name the tiles of a view as [z, x, y], each once. @param {View} view @returns {[number, number, number][]} */
export function needed(view) {
  const { zoom, edge, whole } = grid(view);
  // Its sixteen cells are then 45 or 64 pixels wide, where ours are 72.
  const z = Math.max(0, Math.min(DEEPEST, Math.floor(zoom + 0.5) - 1));
  const n = 2 ** z;
  const [west, east] = whole ? [0, n - 1] : [Math.floor((view.west - edge) * n), Math.floor((view.east + edge) * n)];
  const clamp = (/** @type {number} */ y) => Math.min(n - 1, Math.max(0, Math.floor(y * n)));
  const [north, south] = [clamp(view.north - edge), clamp(view.south + edge)];
  /** @type {Map<string, [number, number, number]>} */
  const found = new Map();
  for (let y = north; y <= south; y++) {
    for (let x = west; x <= east; x++) {
      const turned = ((x % n) + n) % n;
      found.set(`${turned}/${y}`, [z, turned, y]);
    }
  }
  return [...found.values()];
}

/**
 * Turn what a tile says into a mark.
 * @param {import("./mvt.js").Point} row @param {[number, number, number]} address @param {string[]} slugs @returns {Mark}
 */
function mark(row, [z, x, y], slugs) {
  const count = Number(row["count"] ?? 1);
  const box = /** @type {Mark["box"]} */ (String(row["bbox"]).split(",").map(Number));
  const own = { box, by: slugs.map((slug) => Number(count > 1 ? row[`categories.${slug}`] ?? 0 : row["category"] === slug)) };
  if (count > 1) {
    return { ...own, x: (x + row.x) / 2 ** z, y: (y + row.y) / 2 ** z, count, vague: row["coarse"] ? count : 0, event: "" };
  }
  const vague = COARSE.has(String(row["precision"])) ? 1 : 0;
  return { ...own, x: (box[0] + 180) / 360, y: mercatorY(box[1]), count, vague, event: String(row["id"]), title: String(row["title"]) };
}

export class Tiles {
  /** @param {string[]} slugs in the order of a mark's counts */
  constructor(slugs) {
    this.slugs = slugs;
    /** @type {Map<string, Mark[]>} */
    this.kept = new Map();
    /** @type {Map<string, Promise<Mark[]>>} */
    this.coming = new Map();
  }

  /** Forget what was true of another version of the data. */
  clear() {
    this.kept.clear();
  }

  /** @param {string} query the filter @param {View} view */
  async marks(query, view) {
    const addresses = needed(view);
    const paths = addresses.map((one) => `/tiles/${one.join("/")}?${query ? `${query}&` : ""}group=always`);
    // What is still to come for another view or filter would only hold this one up.
    for (const path of [...this.coming.keys()].filter((one) => !paths.includes(one))) {
      this.coming.delete(path);
      drop(path);
    }
    const parts = await Promise.all(paths.map((path, at) => this.tile(path, /** @type {[number, number, number]} */ (addresses[at]))));
    return pooled(parts.flat(), view);
  }

  /** @param {string} path @param {[number, number, number]} address @returns {Mark[] | Promise<Mark[]>} */
  tile(path, address) {
    const held = this.kept.get(path);
    if (held) {
      this.kept.delete(path);
      this.kept.set(path, held);
      return held;
    }
    const open = this.coming.get(path);
    if (open) return open;
    const coming = this.load(path, address).finally(() => this.coming.get(path) === coming && this.coming.delete(path));
    this.coming.set(path, coming);
    return coming;
  }

  /** @param {string} path @param {[number, number, number]} address */
  async load(path, address) {
    const found = points(await ask(path, path, "arrayBuffer"), "events").map((row) => mark(row, address, this.slugs));
    this.kept.set(path, found);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= KEPT) break;
      this.kept.delete(oldest);
    }
    return found;
  }
}
