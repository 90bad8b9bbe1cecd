// @ts-check
/** The colours and marker shapes that canvases draw with: they follow the theme, and forced colours. */

import { facts } from "./messages.js";

const categories = new Map(facts.categories?.map((category) => [category.slug, category]) ?? []);
const UNKNOWN = { light: "#6b6b6b", dark: "#9a9fa8", path: "M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2Z" };
/** @type {Map<string, Path2D>} */
const shapes = new Map();

/** Return a path that is parsed once. @param {string} path of an SVG */
function parsedPath(path) {
  const parsed = shapes.get(path) ?? new Path2D(path);
  shapes.set(path, parsed);
  return parsed;
}

/** @param {string | undefined} slug */
const categoryOf = (slug) => categories.get(slug ?? "") ?? UNKNOWN;

/** Return the page's colours of this moment. */
export function readPalette() {
  const scheme = getComputedStyle(document.body).colorScheme;
  const dark = scheme === "dark" || (scheme.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches);
  const forced = matchMedia("(forced-colors: active)").matches;
  return {
    dark,
    panel: forced ? "Canvas" : dark ? "#17191d" : "#ffffff",
    ink: forced ? "CanvasText" : dark ? "#ecebe8" : "#1a1a1c",
    soft: forced ? "CanvasText" : dark ? "#aeaca6" : "#5b5850",
    font: getComputedStyle(document.documentElement).getPropertyValue("--sans").trim() || "sans-serif",
    /** @param {string | undefined} slug of a category */
    fill: (slug) => (forced ? "CanvasText" : categoryOf(slug)[dark ? "dark" : "light"]),
    /** @param {string | undefined} slug of a category */
    shape: (slug) => parsedPath(categoryOf(slug).path),
  };
}

/** @typedef {ReturnType<typeof readPalette>} Palette */
