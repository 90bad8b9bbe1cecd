// @ts-check
/**
 * Pins → marks of the map. A grid fixed to the world groups pins into cells, so that marks stay in place while the map
 * moves; marks that would overlap are then joined.
 */

import { isCoarse } from "../shared/precision.js";

/** @typedef {import("./types.js").PinColumns} PinColumns */
/** @typedef {import("./types.js").Mark} Mark */
/** @typedef {import("./types.js").View} View */

const CELL_PIXELS = 72;
const WORLD_PIXELS = 512; // at zoom 0, as in MapLibre
const MAX_MARKS = 150;
const OVERLAP = 0.92; // share of two radii: centres that are closer are joined
const MAX_OVERLAP = 8;
const OVERLAP_GROWTH = 1.35;
const COARSE_OVERLAP = 0.8; // a coarse and an exact mark may be this much closer

/** Return whether only the region or country is known of all pins of a mark. @param {Mark} mark */
export const isVague = (mark) => mark.vague === mark.count;

/** Return the radius of a mark in pixels, which grows with the logarithm of its count. @param {Mark} mark */
export function radius(mark) {
  if (isVague(mark)) return Math.min(26, 13 + 4 * Math.log10(mark.count));
  return mark.count === 1 ? 8 : Math.min(28, 12 + 5.2 * Math.log10(mark.count));
}

/** Return the zoom that decides the marks: they change at every half step. @param {number} zoom */
const gridZoom = (zoom) => Math.floor(zoom * 2) / 2;

/**
 * Return the grid over a view: its cells, and the part of the world for which marks are made, 1.5 cells wider than the
 * view on each side.
 * @param {View} view
 */
export function gridOf(view) {
  const zoom = gridZoom(view.zoom);
  const scale = WORLD_PIXELS * 2 ** zoom; // pixels across the world
  const cells = Math.max(1, Math.round(scale / CELL_PIXELS)); // across the world
  const margin = 1.5 / cells;
  const width = view.east - view.west + 2 * margin;
  return { zoom, scale, cells, margin, width, wholeWorld: width >= 1, west: view.west - margin, top: view.north - margin, bottom: view.south + margin };
}

/** @typedef {ReturnType<typeof gridOf>} Grid */

/** Return whether a point is within the grid. @param {Grid} grid @param {number} x @param {number} y */
const isWithin = ({ wholeWorld, west, width, top, bottom }, x, y) =>
  y >= top && y <= bottom && (wholeWorld || (((x - west) % 1) + 1) % 1 <= width);

/**
 * Return the number of a point's cell; coarse pins have cells of their own.
 * @param {number} x 1 on the antimeridian, which is the edge of its row's last cell, not of the next row's first
 * @param {number} y @param {number} cells across the world @param {boolean} coarse
 */
const cellOf = (x, y, cells, coarse) => (Math.floor(y * cells) * cells + Math.min(cells - 1, Math.floor(x * cells))) * 2 + Number(coarse);

/** The selected pins of a view, each in its cell. They stay there while other events are selected, as in a drag over the timeline. */
export class Cells {
  /** @param {PinColumns} columns @param {Uint8Array} pins 1 for selected @param {View} view */
  constructor(columns, pins, view) {
    const grid = gridOf(view);
    const { x, y, rank } = columns;
    this.columns = columns;
    this.scale = grid.scale;
    /** @type {number[]} */
    const members = [];
    /** @type {number[]} */
    const cells = [];
    /** @type {Map<number, number>} */
    const indexes = new Map();
    for (let p = 0; p < x.length; p++) {
      if (!pins[p] || !isWithin(grid, x[p], y[p])) continue;
      const key = cellOf(x[p], y[p], grid.cells, isCoarse(rank[p]));
      let cell = indexes.get(key);
      if (cell === undefined) indexes.set(key, (cell = indexes.size));
      members.push(p);
      cells.push(cell);
    }
    this.members = Uint32Array.from(members);
    this.cell = Uint32Array.from(cells); // of each member
    this.size = indexes.size;
    this.count = new Uint32Array(this.size);
    this.last = new Uint32Array(this.size);
    this.by = new Uint32Array(this.size * columns.categories.length);
    this.sums = new Float64Array(this.size * 2);
    this.boxes = new Float64Array(this.size * 4);
  }

  /** Return marks for the pins of matching events. @param {Uint8Array} events 1 for matching @returns {Mark[]} */
  marks(events) {
    this.sum(events);
    /** @type {Mark[]} */
    const marks = [];
    for (let c = 0; c < this.size; c++) if (this.count[c]) marks.push(this.mark(c));
    return joinOverlapping(marks, this.scale);
  }

  /** Sum the pins of matching events by cell: one loop without calls, since a drag runs it in every frame. @param {Uint8Array} events */
  sum(events) {
    const { members, cell, count, last, by, sums, boxes } = this;
    const { owner, x, y, lon, lat, category } = this.columns;
    const kinds = this.columns.categories.length;
    for (const totals of [count, by, sums]) totals.fill(0);
    for (let c = 0; c < this.size; c++) boxes.set([Infinity, Infinity, -Infinity, -Infinity], c * 4);
    for (let i = 0; i < members.length; i++) {
      const p = members[i];
      const event = owner[p];
      if (!events[event]) continue;
      const c = cell[i];
      count[c]++;
      last[c] = p;
      by[c * kinds + category[event]]++;
      sums[2 * c] += x[p];
      sums[2 * c + 1] += y[p];
      if (lon[p] < boxes[4 * c]) boxes[4 * c] = lon[p];
      if (lat[p] < boxes[4 * c + 1]) boxes[4 * c + 1] = lat[p];
      if (lon[p] > boxes[4 * c + 2]) boxes[4 * c + 2] = lon[p];
      if (lat[p] > boxes[4 * c + 3]) boxes[4 * c + 3] = lat[p];
    }
  }

  /** @param {number} c @returns {Mark} */
  mark(c) {
    const count = this.count[c];
    const pin = this.last[c];
    const size = this.columns.categories.length;
    return {
      x: this.sums[2 * c] / count,
      y: this.sums[2 * c + 1] / count,
      count,
      by: Array.from(this.by.subarray(c * size, (c + 1) * size)),
      vague: isCoarse(this.columns.rank[pin]) ? count : 0,
      box: /** @type {Mark["box"]} */ (Array.from(this.boxes.subarray(4 * c, 4 * c + 4))),
      event: this.columns.owner[pin],
    };
  }
}

/** Return the marks for small clusters from tiles, as if their pins were put into our own cells. @param {Mark[]} clusters @param {View} view */
export function regroup(clusters, view) {
  const grid = gridOf(view);
  /** @type {Map<number, Mark>} */
  const cells = new Map();
  for (const cluster of clusters) {
    if (!isWithin(grid, cluster.x, cluster.y)) continue;
    const key = cellOf(cluster.x, cluster.y, grid.cells, isVague(cluster));
    const mark = cells.get(key);
    if (!mark) {
      cells.set(key, copyOf(cluster));
      continue;
    }
    const share = cluster.count / (mark.count + cluster.count);
    [mark.x, mark.y] = [mark.x + (cluster.x - mark.x) * share, mark.y + (cluster.y - mark.y) * share];
    absorb(mark, cluster);
  }
  return joinOverlapping([...cells.values()], grid.scale);
}

/** @param {Mark} mark @returns {Mark} */
const copyOf = (mark) => ({ ...mark, by: [...mark.by], box: /** @type {Mark["box"]} */ ([...mark.box]) });

/**
 * Join marks that overlap, the larger first, until at most MAX_MARKS are left.
 * @param {Mark[]} marks @param {number} scale pixels across the world
 */
function joinOverlapping(marks, scale) {
  marks.sort((a, b) => b.count - a.count || a.x - b.x || a.y - b.y);
  let overlap = OVERLAP;
  let joined = joinOnce(marks, scale, overlap);
  while (joined.length > MAX_MARKS && overlap < MAX_OVERLAP) joined = joinOnce(joined, scale, (overlap *= OVERLAP_GROWTH));
  return joined;
}

/** @param {Mark[]} marks @param {number} scale @param {number} overlap */
function joinOnce(marks, scale, overlap) {
  // Neighbours are looked up in a coarse grid. Its columns wrap: marks on both sides of the antimeridian are neighbours.
  const columns = Math.max(1, Math.floor(scale / (CELL_PIXELS * Math.max(1, overlap))));
  /** @type {Map<string, Mark[]>} */
  const lookup = new Map();
  const joined = [];
  for (const mark of marks) {
    const [column, row] = [Math.floor(mark.x * columns), Math.floor(mark.y * columns)];
    const neighbour = findOverlapping(lookup, mark, [column, row, columns], scale, overlap);
    if (neighbour) {
      absorb(neighbour, mark);
      continue;
    }
    const copy = copyOf(mark);
    joined.push(copy);
    const key = `${column % columns},${row}`;
    lookup.set(key, [...(lookup.get(key) ?? []), copy]);
  }
  return joined;
}

/** @param {Map<string, Mark[]>} lookup @param {Mark} mark @param {[number, number, number]} cell column, row, number of columns @param {number} scale @param {number} overlap */
function findOverlapping(lookup, mark, [column, row, columns], scale, overlap) {
  for (let i = column - 1; i <= column + 1; i++) {
    for (let j = row - 1; j <= row + 1; j++) {
      for (const other of lookup.get(`${(i + columns) % columns},${j}`) ?? []) {
        const dx = Math.abs(other.x - mark.x);
        const distance = Math.hypot(Math.min(dx, 1 - dx), other.y - mark.y) * scale;
        const share = isVague(other) === isVague(mark) ? overlap : overlap * COARSE_OVERLAP;
        if (distance < (radius(other) + radius(mark)) * share) return other;
      }
    }
  }
  return null;
}

/** Add a mark to another, which stays in place: the mean of two shores would be in the sea. @param {Mark} target @param {Mark} mark */
function absorb(target, mark) {
  target.count += mark.count;
  target.vague += mark.vague;
  mark.by.forEach((count, i) => (target.by[i] = (target.by[i] ?? 0) + count));
  const [a, b] = [target.box, mark.box];
  const turn = 360 * Math.round(target.x - mark.x); // a box across the antimeridian continues beyond 180 degrees
  target.box = [Math.min(a[0], b[0] + turn), Math.min(a[1], b[1]), Math.max(a[2], b[2] + turn), Math.max(a[3], b[3])];
}
