// @ts-check
/** The small map of the review page: the pins of one event, one of which can be dragged, and the candidates of its doubtful places. */

import { hasWebGL, loadMapLibre, styleUrl } from "../shared/maplibre.js";
import { translate } from "../shared/messages.js";

/** @typedef {{lon: number, lat: number, name: string}} NamedPin degrees */
/** @typedef {{number: number, points: [number, number][]}} Doubt a doubtful place, and lon and lat of its candidates */
/** @typedef {{onMove: (lon: number, lat: number) => void, onPick: (doubt: number, candidate: number) => void}} SmallMapEvents */

const MAX_LATITUDE = 84; // of the first view, degrees

/** Return an element for a marker. @param {string} text @param {string} kind class name @param {string} label for screen readers */
function makeMark(text, kind, label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `mark ${kind}`;
  button.textContent = text;
  button.setAttribute("aria-label", label);
  return button;
}

/** Draw the map; without WebGL or points there is none. @param {HTMLElement} box @param {{pins: NamedPin[], doubts: Doubt[]}} places @param {SmallMapEvents} events */
export async function drawSmallMap(box, { pins, doubts }, events) {
  const points = [...pins.map((pin) => [pin.lon, pin.lat]), ...doubts.flatMap((doubt) => doubt.points)];
  if (!points.length || !hasWebGL()) return;
  const library = await loadMapLibre();
  const holder = document.createElement("div");
  holder.style.cssText = "position:absolute;inset:0";
  box.append(holder);
  const map = makeMap(library, holder, points);
  for (const pin of pins) addPin(library, map, pin, pins.length === 1, events);
  for (const doubt of doubts) addCandidates(library, map, doubt, events);
  box.dataset["ready"] = "yes";
}

/** @param {any} library @param {HTMLElement} holder @param {number[][]} points lon, lat */
function makeMap(library, holder, points) {
  const [lons, lats] = [points.map((point) => point[0] ?? 0), points.map((point) => point[1] ?? 0)];
  const dark = document.documentElement.dataset["theme"] !== "light" && matchMedia("(prefers-color-scheme: dark)").matches;
  const map = new library.Map({
    container: holder,
    style: styleUrl(dark),
    bounds: [Math.min(...lons), Math.max(-MAX_LATITUDE, Math.min(...lats)), Math.max(...lons), Math.min(MAX_LATITUDE, Math.max(...lats))],
    fitBoundsOptions: { padding: 48, maxZoom: 8 },
    dragRotate: false,
    cooperativeGestures: true,
    attributionControl: { compact: true },
  });
  map.addControl(new library.NavigationControl({ showCompass: false }));
  map.on("error", () => undefined); // the numbers in the form are enough without tiles
  return map;
}

/** @param {any} library @param {any} map @param {NamedPin} pin @param {boolean} draggable @param {SmallMapEvents} events */
function addPin(library, map, pin, draggable, { onMove }) {
  const marker = new library.Marker({ element: makeMark("●", "pin", pin.name), draggable, anchor: "center" });
  marker.setLngLat([pin.lon, pin.lat]).addTo(map);
  marker.on("dragend", () => onMove(marker.getLngLat().lng, marker.getLngLat().lat));
}

/** @param {any} library @param {any} map @param {Doubt} doubt @param {SmallMapEvents} events */
function addCandidates(library, map, doubt, { onPick }) {
  doubt.points.forEach((point, i) => {
    const number = i + 1;
    const element = makeMark(String(number), "candidate", `${translate("desk_candidate")} ${number}`);
    element.addEventListener("click", () => onPick(doubt.number, number));
    new library.Marker({ element, anchor: "center" }).setLngLat(point).addTo(map);
  });
}
