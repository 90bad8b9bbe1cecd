// @ts-check
/** Draws marks on a canvas: the shape of one event, donuts for several, dashed rings where only the region is known. */

import { isVague, radius } from "./clusters.js";
import { formatNumber } from "../shared/messages.js";

/** @typedef {import("./types.js").Mark} Mark */
/** @typedef {import("../shared/palette.js").Palette} Palette */
/** @typedef {CanvasRenderingContext2D} Pen */

const SHAPE_SCALE = 1.05; // of a 16 by 16 shape
const MIN_REACH_DRAWN = 12; // pixels
const MAX_REACH_DRAWN = 2000;

/**
 * Draw a mark.
 * @param {Pen} pen @param {Mark} mark @param {number} x pixels @param {number} y @param {string[]} slugs of `mark.by` @param {Palette} palette
 */
export function drawMark(pen, mark, x, y, slugs, palette) {
  if (isVague(mark)) drawRegion(pen, mark, x, y, slugs, palette);
  else if (mark.count === 1) drawShape(pen, slugs[mark.by.findIndex((n) => n > 0)], x, y, palette);
  else drawDonut(pen, mark, x, y, slugs, palette);
}

/** Draw the shape of a category. @param {Pen} pen @param {string | undefined} slug @param {number} x @param {number} y @param {Palette} palette @param {number} [scale] */
function drawShape(pen, slug, x, y, palette, scale = SHAPE_SCALE) {
  pen.save();
  pen.translate(x, y);
  pen.scale(scale, scale);
  pen.translate(-8, -8);
  pen.lineJoin = "round";
  pen.lineWidth = 3.6;
  pen.strokeStyle = palette.panel;
  pen.stroke(palette.shape(slug));
  pen.fillStyle = palette.fill(slug);
  pen.fill(palette.shape(slug));
  pen.restore();
}

/** Draw a ring divided by category, with a count. @param {Pen} pen @param {Mark} mark @param {number} x @param {number} y @param {string[]} slugs @param {Palette} palette */
function drawDonut(pen, mark, x, y, slugs, palette) {
  const size = radius(mark);
  const width = 3.2 + size * 0.12;
  if (mark.vague) drawDashes(pen, x, y, size + 4.5, palette.soft);
  drawDisc(pen, x, y, size + 1.6, palette.panel);
  pen.lineWidth = width;
  let start = -Math.PI / 2;
  const parts = mark.by.filter((n) => n > 0).length;
  mark.by.forEach((count, i) => {
    if (!count) return;
    const angle = (count / mark.count) * 2 * Math.PI;
    const gap = parts > 1 ? Math.min(0.05, angle / 3) : 0;
    pen.beginPath();
    pen.arc(x, y, size - width / 2, start + gap, start + angle - gap);
    pen.strokeStyle = palette.fill(slugs[i]);
    pen.stroke();
    start += angle;
  });
  drawCount(pen, mark.count, x, y, size, palette);
}

/** Draw a dashed ring with a count. @param {Pen} pen @param {Mark} mark @param {number} x @param {number} y @param {string[]} slugs @param {Palette} palette */
function drawRegion(pen, mark, x, y, slugs, palette) {
  const size = radius(mark);
  const colour = palette.fill(slugs[mark.by.indexOf(Math.max(...mark.by))]);
  pen.globalAlpha = 0.88;
  drawDisc(pen, x, y, size + 1.5, palette.panel);
  pen.globalAlpha = 0.12;
  drawDisc(pen, x, y, size + 1.5, colour);
  pen.globalAlpha = 1;
  drawDashes(pen, x, y, size, colour);
  drawCount(pen, mark.count, x, y, size, palette);
}

/** @param {Pen} pen @param {number} x @param {number} y @param {number} size @param {string} colour */
function drawDashes(pen, x, y, size, colour) {
  pen.setLineDash([3, 2.6]);
  drawCircle(pen, x, y, size, 1.5, colour);
  pen.setLineDash([]);
}

/** @param {Pen} pen @param {number} x @param {number} y @param {number} size radius @param {number} width of the line @param {string} colour */
function drawCircle(pen, x, y, size, width, colour) {
  pen.beginPath();
  pen.arc(x, y, size, 0, 2 * Math.PI);
  pen.lineWidth = width;
  pen.strokeStyle = colour;
  pen.stroke();
}

/** @param {Pen} pen @param {number} x @param {number} y @param {number} size @param {string} colour */
function drawDisc(pen, x, y, size, colour) {
  pen.beginPath();
  pen.arc(x, y, size, 0, 2 * Math.PI);
  pen.fillStyle = colour;
  pen.fill();
}

/** @param {Pen} pen @param {number} count @param {number} x @param {number} y @param {number} size @param {Palette} palette */
function drawCount(pen, count, x, y, size, palette) {
  const text = count < 10000 ? formatNumber(count) : `${formatNumber(Math.round(count / 1000))}k`;
  pen.font = `500 ${text.length > 3 ? 10.5 : size > 18 ? 13 : 12}px ${palette.font}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = palette.ink;
  pen.fillText(text, x, y + 0.5);
}

/**
 * Draw a pin of the open event: a ring around its shape, and a disc over the area in which the place may be.
 * @param {Pen} pen @param {{x: number, y: number, coarse: boolean, reach: number, slug: string}} pin in pixels; `reach` is the radius of that area
 * @param {Palette} palette
 */
export function drawOpenPin(pen, pin, palette) {
  const colour = palette.fill(pin.slug);
  if (pin.reach > MIN_REACH_DRAWN && pin.reach < MAX_REACH_DRAWN) drawReach(pen, pin, colour);
  const size = pin.coarse ? 9 : 12.5;
  drawDisc(pen, pin.x, pin.y, size + 2, palette.panel);
  if (pin.coarse) pen.setLineDash([3.4, 2.2]);
  drawCircle(pen, pin.x, pin.y, size, pin.coarse ? 2.2 : 2.6, palette.ink);
  pen.setLineDash([]);
  if (!pin.coarse) return drawShape(pen, pin.slug, pin.x, pin.y, palette, 0.92);
  pen.globalAlpha = 0.3; // a disc and no shape: the place is somewhere around
  drawDisc(pen, pin.x, pin.y, size - 2.5, colour);
  pen.globalAlpha = 1;
}

/** @param {Pen} pen @param {{x: number, y: number, reach: number}} pin @param {string} colour */
function drawReach(pen, { x, y, reach }, colour) {
  pen.globalAlpha = 0.13;
  drawDisc(pen, x, y, reach, colour);
  pen.globalAlpha = 0.8;
  drawCircle(pen, x, y, reach, 1, colour);
  pen.globalAlpha = 1;
}
