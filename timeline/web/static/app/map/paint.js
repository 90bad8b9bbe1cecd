// @ts-check
/** Draws the marks on a canvas over the map: donuts, shapes, rings for what is only known as a region. */

import { coarse, radius } from "./clusters.js";
import { facts, formatNumber } from "../shared/messages.js";

/** @typedef {import("./clusters.js").Mark} Mark */
const paths = new Map(facts.categories?.map((kind) => [kind.slug, kind]) ?? []);
const GREY = { light: "#6b6b6b", dark: "#9a9fa8", path: "M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2Z" };
/** @type {Map<string, Path2D>} */
const shapes = new Map();

/** @param {string} path */
function shape(path) {
  let found = shapes.get(path);
  if (!found) shapes.set(path, (found = new Path2D(path)));
  return found;
}

/** Colours of the page as they are now. */
export function inks() {
  const style = getComputedStyle(document.documentElement);
  const read = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const scheme = getComputedStyle(document.body).colorScheme;
  const dark = scheme === "dark" || (scheme.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches);
  const forced = matchMedia("(forced-colors: active)").matches;
  return {
    dark,
    panel: forced ? "Canvas" : dark ? "#17191d" : "#ffffff",
    ink: forced ? "CanvasText" : dark ? "#ecebe8" : "#1a1a1c",
    soft: forced ? "CanvasText" : dark ? "#aeaca6" : "#5b5850",
    font: read("--sans") || "sans-serif",
    /** @param {string | undefined} slug */
    fill: (slug) => (forced ? "CanvasText" : (paths.get(slug ?? "") ?? GREY)[dark ? "dark" : "light"]),
    /** @param {string | undefined} slug */
    shape: (slug) => shape((paths.get(slug ?? "") ?? GREY).path),
  };
}

/** @typedef {ReturnType<typeof inks>} Inks */

/**
 * Draw one mark.
 * @param {CanvasRenderingContext2D} pen @param {Mark} mark @param {number} x @param {number} y pixels
 * @param {string[]} slugs of `mark.by` @param {Inks} ink
 */
export function mark(pen, mark, x, y, slugs, ink) {
  if (coarse(mark)) region(pen, mark, x, y, slugs, ink);
  else if (mark.count === 1) single(pen, slugs[mark.by.findIndex((n) => n > 0)], x, y, ink);
  else donut(pen, mark, x, y, slugs, ink);
}

/** @param {CanvasRenderingContext2D} pen @param {string | undefined} slug @param {number} x @param {number} y @param {Inks} ink @param {number} [size] */
export function single(pen, slug, x, y, ink, size = 1.05) {
  pen.save();
  pen.translate(x, y);
  pen.scale(size, size);
  pen.translate(-8, -8);
  pen.lineJoin = "round";
  pen.lineWidth = 3.6;
  pen.strokeStyle = ink.panel;
  pen.stroke(ink.shape(slug));
  pen.fillStyle = ink.fill(slug);
  pen.fill(ink.shape(slug));
  pen.restore();
}

/** @param {CanvasRenderingContext2D} pen @param {Mark} mark @param {number} x @param {number} y @param {string[]} slugs @param {Inks} ink */
function donut(pen, mark, x, y, slugs, ink) {
  const size = radius(mark);
  const wide = 3.2 + size * 0.12;
  if (mark.vague) dashes(pen, x, y, size + 4.5, ink.soft);
  disc(pen, x, y, size + 1.6, ink.panel);
  pen.lineWidth = wide;
  let from = -Math.PI / 2;
  const parts = mark.by.filter((n) => n > 0).length;
  mark.by.forEach((count, at) => {
    if (!count) return;
    const turn = (count / mark.count) * 2 * Math.PI;
    const gap = parts > 1 ? Math.min(0.05, turn / 3) : 0;
    pen.beginPath();
    pen.arc(x, y, size - wide / 2, from + gap, from + turn - gap);
    pen.strokeStyle = ink.fill(slugs[at]);
    pen.stroke();
    from += turn;
  });
  label(pen, mark.count, x, y, size, ink);
}

/** Draw what is known to a region alone: a ring of dashes with a count. @param {CanvasRenderingContext2D} pen @param {Mark} mark @param {number} x @param {number} y @param {string[]} slugs @param {Inks} ink */
function region(pen, mark, x, y, slugs, ink) {
  const size = radius(mark);
  const colour = ink.fill(slugs[mark.by.indexOf(Math.max(...mark.by))]);
  pen.globalAlpha = 0.88;
  disc(pen, x, y, size + 1.5, ink.panel);
  pen.globalAlpha = 0.12;
  disc(pen, x, y, size + 1.5, colour);
  pen.globalAlpha = 1;
  dashes(pen, x, y, size, colour);
  label(pen, mark.count, x, y, size, ink);
}

/** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} size @param {string} colour */
function dashes(pen, x, y, size, colour) {
  pen.beginPath();
  pen.arc(x, y, size, 0, 2 * Math.PI);
  pen.setLineDash([3, 2.6]);
  pen.lineWidth = 1.5;
  pen.strokeStyle = colour;
  pen.stroke();
  pen.setLineDash([]);
}

/** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} size @param {string} colour */
function disc(pen, x, y, size, colour) {
  pen.beginPath();
  pen.arc(x, y, size, 0, 2 * Math.PI);
  pen.fillStyle = colour;
  pen.fill();
}

/** @param {CanvasRenderingContext2D} pen @param {number} count @param {number} x @param {number} y @param {number} size @param {Inks} ink */
function label(pen, count, x, y, size, ink) {
  const said = count < 10000 ? formatNumber(count) : `${formatNumber(Math.round(count / 1000))}k`;
  pen.font = `500 ${said.length > 3 ? 10.5 : size > 18 ? 13 : 12}px ${ink.font}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = ink.ink;
  pen.fillText(said, x, y + 0.5);
}

/**
 * Draw the chosen event: a ring around its shape, or around its region.
 * @param {CanvasRenderingContext2D} pen @param {{x: number, y: number, coarse: boolean, reach: number, slug: string}} pin
 *   in pixels; `reach` is the radius within which the place lies
 * @param {Inks} ink
 */
export function chosen(pen, pin, ink) {
  const colour = ink.fill(pin.slug);
  const { reach } = pin;
  if (reach > 12 && reach < 2000) {
    pen.globalAlpha = 0.13;
    disc(pen, pin.x, pin.y, reach, colour);
    pen.globalAlpha = 0.8;
    pen.beginPath();
    pen.arc(pin.x, pin.y, reach, 0, 2 * Math.PI);
    pen.lineWidth = 1;
    pen.strokeStyle = colour;
    pen.stroke();
    pen.globalAlpha = 1;
  }
  const size = pin.coarse ? 9 : 12.5;
  disc(pen, pin.x, pin.y, size + 2, ink.panel);
  pen.beginPath();
  pen.arc(pin.x, pin.y, size, 0, 2 * Math.PI);
  pen.lineWidth = pin.coarse ? 2.2 : 2.6;
  pen.strokeStyle = ink.ink;
  if (pin.coarse) pen.setLineDash([3.4, 2.2]);
  pen.stroke();
  pen.setLineDash([]);
  if (!pin.coarse) return single(pen, pin.slug, pin.x, pin.y, ink, 0.92);
  pen.globalAlpha = 0.3; // no shape on a spot: it is somewhere around
  disc(pen, pin.x, pin.y, size - 2.5, colour);
  pen.globalAlpha = 1;
}
