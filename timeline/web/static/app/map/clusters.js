// @ts-check
/**
 * Pins → marks for a map: cells of a grid that is fixed to the world, so that they stay while the map is moved, then
 * discs that would cover each other joined. A mark knows how many of its pins only say "somewhere in this country".
 */

/**
 * @typedef {object} Mark
 * @property {number} x of the square of Web Mercator, 0 to 1
 * @property {number} y
 * @property {number} count pins
 * @property {number[]} by pins by category, in the order of the vocabulary of the source
 * @property {number} vague pins of which only the region or country is known
 * @property {[number, number, number, number]} box west, south, east, north in degrees
 * @property {number | string} event a pin's event: its number, or its id from the server
 * @property {string} [title]
 */

export const CELL = 72; // pixels
const COARSE = 3; // rank: admin2, admin1, country
const MOST = 150;

/** Whether only the region or country is known of all its pins. @param {Mark} mark */
export const coarse = (mark) => mark.vague === mark.count;

/** Radius of a mark in pixels: by the order of its count. @param {Mark} mark */
export function radius(mark) {
  if (coarse(mark)) return Math.min(26, 13 + 4 * Math.log10(mark.count));
  return mark.count === 1 ? 8 : Math.min(28, 12 + 5.2 * Math.log10(mark.count));
}

/**
 * Lay the cells over a view, and a little around it.
 * @param {{zoom: number, west: number, east: number, north: number, south: number}} view in units of the world square;
 *   west may be below 0 and east above 1
 */
export function grid(view) {
  const zoom = level(view.zoom);
  const side = Math.max(1, Math.round((512 * 2 ** zoom) / CELL)); // cells across the world, at MapLibre's 512 px
  const edge = 1.5 / side;
  const width = view.east - view.west + 2 * edge;
  return { zoom, side, edge, width, whole: width >= 1, west: view.west - edge, top: view.north - edge, bottom: view.south + edge };
}

/**
 * Number the cell of a point; what is known no finer than a region has cells of its own.
 * @param {number} x 1 on the antimeridian, which is the edge of the last cell of its row, not the first of the next
 * @param {number} y @param {number} side cells across the world @param {boolean} vague
 */
const cellOf = (x, y, side, vague) => (Math.floor(y * side) * side + Math.min(side - 1, Math.floor(x * side))) * 2 + Number(vague);

/** The pins in view and a little around it, each in its cell: they stay there while other events are chosen. */
export class Cells {
  /**
   * @param {import("../data/columns.js").Columns} c @param {Uint8Array} pins selected
   * @param {{zoom: number, west: number, east: number, north: number, south: number}} view in units of the world square;
   *   west may be below 0 and east above 1
   */
  constructor(c, pins, view) {
    const { zoom, side, whole, west, width, top, bottom } = grid(view);
    const { x, y, rank } = c;
    this.c = c;
    this.scale = 512 * 2 ** zoom;
    /** @type {number[]} */
    const among = [];
    /** @type {number[]} */
    const cell = [];
    /** @type {Map<number, number>} */
    const numbers = new Map();
    for (let p = 0; p < x.length; p++) {
      if (!pins[p] || y[p] < top || y[p] > bottom) continue;
      if (!whole && (((x[p] - west) % 1) + 1) % 1 > width) continue;
      const key = cellOf(x[p], y[p], side, rank[p] >= COARSE);
      let at = numbers.get(key);
      if (at === undefined) numbers.set(key, (at = numbers.size));
      among.push(p);
      cell.push(at);
    }
    this.among = Uint32Array.from(among);
    this.cell = Uint32Array.from(cell);
    this.size = numbers.size;
    this.count = new Uint32Array(this.size);
    this.last = new Uint32Array(this.size);
    this.by = new Uint32Array(this.size * c.categories.length);
    this.sums = new Float64Array(this.size * 2);
    this.boxes = new Float64Array(this.size * 4);
  }

  /** Make marks of the pins of matching events. @param {Uint8Array} events @returns {Mark[]} */
  marks(events) {
    const { among, cell, count, last, by, sums, boxes } = this;
    const { owner, x, y, lon, lat, category } = this.c;
    const kinds = this.c.categories.length;
    for (const each of [count, by, sums]) each.fill(0);
    for (let at = 0; at < this.size; at++) boxes.set([Infinity, Infinity, -Infinity, -Infinity], at * 4);
    for (let n = 0; n < among.length; n++) {
      const p = among[n];
      const event = owner[p];
      if (!events[event]) continue;
      const at = cell[n];
      count[at]++;
      last[at] = p;
      by[at * kinds + category[event]]++;
      sums[2 * at] += x[p];
      sums[2 * at + 1] += y[p];
      if (lon[p] < boxes[4 * at]) boxes[4 * at] = lon[p];
      if (lat[p] < boxes[4 * at + 1]) boxes[4 * at + 1] = lat[p];
      if (lon[p] > boxes[4 * at + 2]) boxes[4 * at + 2] = lon[p];
      if (lat[p] > boxes[4 * at + 3]) boxes[4 * at + 3] = lat[p];
    }
    /** @type {Mark[]} */
    const found = [];
    for (let at = 0; at < this.size; at++) if (count[at]) found.push(this.mark(at, kinds));
    return joined(found, this.scale);
  }

  /** @param {number} at @param {number} kinds @returns {Mark} */
  mark(at, kinds) {
    const count = this.count[at];
    const p = this.last[at];
    return {
      x: this.sums[2 * at] / count,
      y: this.sums[2 * at + 1] / count,
      count,
      by: Array.from(this.by.subarray(at * kinds, (at + 1) * kinds)),
      vague: this.c.rank[p] >= COARSE ? count : 0,
      box: /** @type {Mark["box"]} */ (Array.from(this.boxes.subarray(4 * at, 4 * at + 4))),
      event: this.c.owner[p],
    };
  }
}

/**
 * Gather small clusters as if their pins were: into the same cells, each in the middle of its pins.
 * @param {Mark[]} small @param {{zoom: number, west: number, east: number, north: number, south: number}} view
 */
export function pooled(small, view) {
  const { zoom, side, whole, west, width, top, bottom } = grid(view);
  /** @type {Map<number, Mark>} */
  const cells = new Map();
  for (const one of small) {
    if (one.y < top || one.y > bottom || (!whole && (((one.x - west) % 1) + 1) % 1 > width)) continue;
    const key = cellOf(one.x, one.y, side, coarse(one));
    const cell = cells.get(key);
    if (!cell) {
      cells.set(key, { ...one, by: [...one.by], box: /** @type {Mark["box"]} */ ([...one.box]) });
      continue;
    }
    const share = one.count / (cell.count + one.count);
    [cell.x, cell.y] = [cell.x + (one.x - cell.x) * share, cell.y + (one.y - cell.y) * share];
    absorb(cell, one);
  }
  return joined([...cells.values()], 512 * 2 ** zoom);
}

/** Marks change at every half step of the zoom. @param {number} zoom */
export const level = (zoom) => Math.floor(zoom * 2) / 2;

/**
 * Join what would cover each other, the larger first; at most 150 marks are left.
 * @param {Mark[]} marks @param {number} scale pixels across the world
 */
export function joined(marks, scale) {
  marks.sort((one, other) => other.count - one.count || one.x - other.x || one.y - other.y);
  let close = 0.92;
  let left = pass(marks, scale, close);
  while (left.length > MOST && close < 8) left = pass(left, scale, (close *= 1.35));
  return left;
}

/** @param {Mark[]} marks @param {number} scale @param {number} close */
function pass(marks, scale, close) {
  // Columns go around the world: marks on both sides of the antimeridian are neighbours.
  const around = Math.max(1, Math.floor(scale / (CELL * Math.max(1, close))));
  const wide = 1 / around;
  /** @type {Map<string, Mark[]>} */
  const near = new Map();
  const kept = [];
  for (const mark of marks) {
    const [cx, cy] = [Math.floor(mark.x / wide), Math.floor(mark.y / wide)];
    const into = neighbour(near, mark, [cx, cy, around], scale, close);
    if (into) {
      absorb(into, mark);
      continue;
    }
    const copy = { ...mark, by: [...mark.by], box: /** @type {Mark["box"]} */ ([...mark.box]) };
    kept.push(copy);
    const key = `${cx % around},${cy}`;
    near.set(key, [...(near.get(key) ?? []), copy]);
  }
  return kept;
}

/** @param {Map<string, Mark[]>} near @param {Mark} mark @param {[number, number, number]} cell column, row, and columns in all @param {number} scale @param {number} close */
function neighbour(near, mark, [cx, cy, around], scale, close) {
  for (let i = cx - 1; i <= cx + 1; i++) {
    for (let j = cy - 1; j <= cy + 1; j++) {
      for (const other of near.get(`${(i + around) % around},${j}`) ?? []) {
        const across = Math.abs(other.x - mark.x);
        const far = Math.hypot(Math.min(across, 1 - across), other.y - mark.y) * scale;
        if (far < (radius(other) + radius(mark)) * (coarse(other) === coarse(mark) ? close : close * 0.8)) return other;
      }
    }
  }
  return null;
}

/** @param {Mark} into @param {Mark} mark */
function absorb(into, mark) {
  // It stays where most of it is: a mean of both shores would lie in the sea.
  into.count += mark.count;
  into.vague += mark.vague;
  mark.by.forEach((count, at) => (into.by[at] = (into.by[at] ?? 0) + count));
  const [a, b] = [into.box, mark.box];
  const turn = 360 * Math.round(into.x - mark.x); // a box across the antimeridian goes on beyond 180 degrees
  into.box = [Math.min(a[0], b[0] + turn), Math.min(a[1], b[1]), Math.max(a[2], b[2] + turn), Math.max(a[3], b[3])];
}
