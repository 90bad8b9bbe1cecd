// @ts-check
/** A small map of one event: its pin, which may be dragged, and the numbered candidates of its doubtful places. */

import { facts, translate, lang } from "../shared/messages.js";

/** @typedef {{pins: {lon: number, lat: number, name: string}[], doubts: {number: number, points: [number, number][]}[]}} Spots */

/** @param {string} text @param {string} kind @param {string} label */
function mark(text, kind, label) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `mark ${kind}`;
  made.textContent = text;
  made.setAttribute("aria-label", label);
  return made;
}

/**
 * Draw the map; without WebGL there is none.
 * @param {HTMLElement} box @param {Spots} spots
 * @param {{moved: (lon: number, lat: number) => void, picked: (doubt: number, candidate: number) => void}} on
 */
export async function chart(box, spots, on) {
  const points = [...spots.pins.map((pin) => [pin.lon, pin.lat]), ...spots.doubts.flatMap((doubt) => doubt.points)];
  if (!points.length || !document.createElement("canvas").getContext("webgl2")) return;
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = `${facts.assets}/vendor/maplibre-gl/maplibre-gl.css`;
  document.head.prepend(sheet);
  const library = await import(`${facts.assets}/vendor/maplibre-gl/maplibre-gl.mjs`);
  const [lons, lats] = [points.map((point) => point[0] ?? 0), points.map((point) => point[1] ?? 0)];
  const dark = document.documentElement.dataset["theme"] !== "light" && matchMedia("(prefers-color-scheme: dark)").matches;
  const holder = document.createElement("div");
  holder.style.cssText = "position:absolute;inset:0";
  box.append(holder);
  const map = new library.Map({
    container: holder,
    style: `${location.origin}${facts.root}/basemap/style.json?theme=${dark ? "dark" : "light"}&lang=${lang}`,
    bounds: [Math.min(...lons), Math.max(-84, Math.min(...lats)), Math.max(...lons), Math.min(84, Math.max(...lats))],
    fitBoundsOptions: { padding: 48, maxZoom: 8 },
    dragRotate: false,
    cooperativeGestures: true,
    attributionControl: { compact: true },
  });
  map.addControl(new library.NavigationControl({ showCompass: false }));
  map.on("error", () => undefined);
  spots.pins.forEach((pin) => {
    const element = mark("●", "pin", pin.name);
    const made = new library.Marker({ element, draggable: spots.pins.length === 1, anchor: "center" }).setLngLat([pin.lon, pin.lat]).addTo(map);
    made.on("dragend", () => on.moved(made.getLngLat().lng, made.getLngLat().lat));
  });
  for (const doubt of spots.doubts) {
    doubt.points.forEach((point, at) => {
      const element = mark(String(at + 1), "candidate", `${translate("desk_candidate")} ${at + 1}`);
      element.addEventListener("click", () => on.picked(doubt.number, at + 1));
      new library.Marker({ element, anchor: "center" }).setLngLat(point).addTo(map);
    });
  }
  box.dataset["ready"] = "yes";
}
