// @ts-check
/** The small map of the review page: the pins of one event, one of which can be dragged, and the candidates of its doubtful places. */

import { hasWebGL, loadMapLibre, styleUrl } from "../shared/maplibre.js";
import { translate } from "../shared/messages.js";
import { PRECISIONS, isCoarse } from "../shared/precision.js";

/** @typedef {{lon: number, lat: number, name: string, precision: string, km: number}} NamedPin degrees; `km` is the radius of the area */
/** @typedef {{number: number, points: NamedPin[]}} Doubt a doubtful place, and its candidates */
/** @typedef {{onMove: (lon: number, lat: number) => void, onPick: (doubt: number, candidate: number) => void}} SmallMapEvents */

const MAX_LATITUDE = 84; // of the first view, degrees
const KM_PER_DEGREE = 111;
const MIN_KM_DRAWN = 5; // the mark hides a smaller area
const CORNERS = 64; // of the polygon that stands for a circle

/**
 * Return an element for a marker; where only the region or country is known, it is a dashed ring instead of a pin.
 * @param {string} text @param {string} kind class name @param {NamedPin} pin @param {string} label for screen readers
 */
function makeMark(text, kind, pin, label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `mark ${kind}${isCoarse(PRECISIONS.indexOf(pin.precision)) ? " vague" : ""}`;
  button.textContent = text;
  button.setAttribute("aria-label", label);
  return button;
}

/** Draw the map; without WebGL or points there is none. @param {HTMLElement} box @param {{pins: NamedPin[], doubts: Doubt[]}} places @param {SmallMapEvents} events */
export async function drawSmallMap(box, { pins, doubts }, events) {
  const points = [...pins, ...doubts.flatMap((doubt) => doubt.points)];
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

/** Return lon and lat of the corners around the area of a place. @param {NamedPin} pin @returns {[number, number][]} */
function circle({ lon, lat, km }) {
  const [height, width] = [km / KM_PER_DEGREE, km / KM_PER_DEGREE / Math.max(0.1, Math.cos((lat * Math.PI) / 180))];
  return Array.from({ length: CORNERS + 1 }, (_, corner) => {
    const angle = (2 * Math.PI * corner) / CORNERS;
    return [lon + width * Math.cos(angle), Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, lat + height * Math.sin(angle)))];
  });
}

/** Draw the areas in which the places may be. @param {any} map @param {NamedPin[]} points @param {boolean} dark */
function addAreas(map, points, dark) {
  const features = points.filter((pin) => pin.km >= MIN_KM_DRAWN).map((pin) => ({
    type: "Feature",
    properties: {},
    geometry: { type: "Polygon", coordinates: [circle(pin)] },
  }));
  const colour = dark ? "#9db7ff" : "#1f3fae"; // as --link of the page: MapLibre cannot read light-dark()
  map.addSource("areas", { type: "geojson", data: { type: "FeatureCollection", features } });
  map.addLayer({ id: "areas", type: "fill", source: "areas", paint: { "fill-color": colour, "fill-opacity": 0.13 } });
  map.addLayer({ id: "area-edges", type: "line", source: "areas", paint: { "line-color": colour, "line-dasharray": [3, 2] } });
}

/** @param {any} library @param {HTMLElement} holder @param {NamedPin[]} points */
function makeMap(library, holder, points) {
  const corners = points.flatMap(circle);
  const [lons, lats] = [corners.map((corner) => corner[0]), corners.map((corner) => corner[1])];
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
  map.on("load", () => addAreas(map, points, dark));
  map.on("error", () => undefined); // the numbers in the form are enough without tiles
  return map;
}

/** @param {any} library @param {any} map @param {NamedPin} pin @param {boolean} draggable @param {SmallMapEvents} events */
function addPin(library, map, pin, draggable, { onMove }) {
  const marker = new library.Marker({ element: makeMark("●", "pin", pin, pin.name), draggable, anchor: "center" });
  marker.setLngLat([pin.lon, pin.lat]).addTo(map);
  marker.on("dragend", () => onMove(marker.getLngLat().lng, marker.getLngLat().lat));
}

/** @param {any} library @param {any} map @param {Doubt} doubt @param {SmallMapEvents} events */
function addCandidates(library, map, doubt, { onPick }) {
  doubt.points.forEach((point, i) => {
    const number = i + 1;
    const element = makeMark(String(number), "candidate", point, `${translate("desk_candidate")} ${number}`);
    element.addEventListener("click", () => onPick(doubt.number, number));
    new library.Marker({ element, anchor: "center" }).setLngLat([point.lon, point.lat]).addTo(map);
  });
}
