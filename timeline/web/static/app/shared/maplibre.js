// @ts-check
/** Loads MapLibre when a map needs it, and names its style. */

import { facts, lang } from "./messages.js";

/** Return whether the browser has WebGL 2; the probe's context is released. */
export function hasWebGL() {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return Boolean(context);
}

/** Load the library with its style sheet. @returns {Promise<any>} */
export function loadMapLibre() {
  const folder = `${facts.assets}/vendor/maplibre-gl`;
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = `${folder}/maplibre-gl.css`;
  document.head.prepend(sheet);
  return import(`${folder}/maplibre-gl.mjs`);
}

/** Return the address of the base map's style in the page's language. @param {boolean} dark */
export const styleUrl = (dark) => `${facts.root}/basemap/style.json?theme=${dark ? "dark" : "light"}&lang=${encodeURIComponent(lang)}`;
