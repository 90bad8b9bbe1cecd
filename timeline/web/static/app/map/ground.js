// @ts-check
/** The base map below the marks: MapLibre with the site's vector tiles. */

import { hasWebGL, loadMapLibre, styleUrl } from "../shared/maplibre.js";
import { degrees, mercatorY } from "../shared/mercator.js";
import { facts, translate } from "../shared/messages.js";

/** @typedef {import("./types.js").Bounds} Bounds */
/** @typedef {import("./types.js").Camera} Camera */
/** @typedef {import("./types.js").Point} Point */
/** @typedef {import("./types.js").Covered} Covered */
/** @typedef {import("./types.js").Ground} Ground */
/** @typedef {import("./types.js").GroundEvents} GroundEvents */
/** @typedef {import("./types.js").View} View */

export const WORLD_BOUNDS = /** @type {Bounds} */ ([-120, -45, 150, 70]);
const HIGHLIGHT = "chosen-area"; // id of a source and its layer
const HIGHLIGHT_EDGE = `${HIGHLIGHT}-edge`;
const TINT = "vague-areas";
const MAX_ZOOM_OF_TINT = 7;
const MAX_ZOOM = 15;
const MAX_ZOOM_OF_CLICK = 13;
const MIN_ZOOM_STEP = 0.2;
const MIN_ZOOM_OF_LIST = 11; // marks that a click does not split here are listed instead
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

/** Return the texts of MapLibre's own buttons and hints. */
const locale = () => ({
  "NavigationControl.ZoomIn": translate("zoom_in"),
  "NavigationControl.ZoomOut": translate("zoom_out"),
  "Map.Title": translate("map"),
  "CooperativeGesturesHandler.WindowsHelpText": translate("gesture_ctrl"),
  "CooperativeGesturesHandler.MacHelpText": translate("gesture_cmd"),
  "CooperativeGesturesHandler.MobileHelpText": translate("gesture_touch"),
  "AttributionControl.ToggleAttribution": translate("attribution"),
});

/** @param {any[]} features */
const collection = (features) => ({ type: "FeatureCollection", features });

/** @implements {Ground} */
export class LiveGround {
  /**
   * Load MapLibre and make the map; raise Error without WebGL.
   * @param {HTMLElement} holder @param {Bounds | null} bounds @param {Camera | null} camera instead of the bounds
   * @param {boolean} dark @param {GroundEvents} events
   */
  static async load(holder, bounds, camera, dark, events) {
    if (!hasWebGL()) throw new Error("The browser has no WebGL 2.");
    const fonts = ["400 12px 'Dateline Sans'", "600 12px 'Dateline Sans'"].map((font) => document.fonts.load(font));
    const [library] = await Promise.all([loadMapLibre(), ...fonts]);
    const ground = new LiveGround(library, holder, bounds, camera, dark);
    ground.listen(events);
    return ground;
  }

  /** @param {any} library @param {HTMLElement} holder @param {Bounds | null} bounds @param {Camera | null} camera @param {boolean} dark */
  constructor(library, holder, bounds, camera, dark) {
    this.holder = holder;
    this.dark = dark;
    /** @type {any} */
    this.area = null;
    const view = camera
      ? { zoom: camera.zoom, center: [camera.lon, camera.lat] }
      : { bounds: bounds ?? WORLD_BOUNDS, fitBoundsOptions: { padding: padding(holder), maxZoom: 6 } };
    this.map = new library.Map({
      container: holder,
      style: styleUrl(dark),
      ...view,
      maxZoom: MAX_ZOOM,
      cooperativeGestures: facts.framed,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: true,
      fadeDuration: reducedMotion.matches ? 0 : 200,
      locale: locale(),
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    const end = document.dir === "rtl" ? "left" : "right";
    this.map.addControl(new library.NavigationControl({ showCompass: false }), `top-${end}`);
    this.map.addControl(new library.AttributionControl({ compact: false }), `bottom-${end}`);
    this.target = this.map.getCanvas();
    this.target.setAttribute("aria-label", translate("map_help"));
  }

  /** @param {GroundEvents} events */
  listen({ onMove, onRest, onLoad, onIdle, onAvailable }) {
    const { map } = this;
    map.on("move", onMove);
    map.on("moveend", (/** @type {any} */ event) => onRest(Boolean(event.originalEvent)));
    map.on("load", onLoad);
    map.once("idle", onIdle);
    let [hasStyle, isMissing] = [false, false];
    const report = (/** @type {boolean} */ available) => {
      hasStyle = available;
      if (isMissing !== available) return;
      isMissing = !available;
      onAvailable(available);
    };
    map.once("style.load", () => report(true));
    map.on("error", () => hasStyle || report(false)); // a single tile that fails leaves a gap, and the marks stay
    this.onStyle = onLoad;
  }

  retry() {
    this.map.setStyle(styleUrl(this.dark), { diff: false });
  }

  /** @param {boolean} dark */
  recolour(dark) {
    if (dark === this.dark) return;
    this.dark = dark;
    this.map.setStyle(styleUrl(dark));
    this.map.once("styledata", () => this.onStyle?.());
  }

  resize() {
    this.map.resize();
  }

  /** Return the position of a point in the copy of the world nearest to the middle. @param {Point} point @returns {[number, number]} pixels */
  position(point) {
    const [lon, lat] = degrees(point.x, point.y);
    const middle = this.map.getCenter().lng;
    const { x, y } = this.map.project([lon + 360 * Math.round((middle - lon) / 360), lat]);
    return [x, y];
  }

  /** @returns {View} */
  view() {
    const bounds = this.map.getBounds();
    return {
      zoom: this.map.getZoom(),
      west: (bounds.getWest() + 180) / 360,
      east: (bounds.getEast() + 180) / 360,
      north: mercatorY(bounds.getNorth()),
      south: mercatorY(bounds.getSouth()),
    };
  }

  address() {
    const middle = this.map.getCenter().wrap();
    return `${+this.map.getZoom().toFixed(2)}/${+middle.lat.toFixed(4)}/${+middle.lng.toFixed(4)}`;
  }

  /** @param {Camera} camera */
  jumpTo({ zoom, lat, lon }) {
    this.map.jumpTo({ zoom, center: [lon, lat] });
  }

  /** Move the map so that points are visible outside what a card covers. @param {Point[]} points @param {Covered} covered */
  fit(points, covered) {
    const { width, height } = this.holder.getBoundingClientRect();
    const edge = Math.min(64, (width - covered.side) / 6, (height - covered.below) / 6);
    const [left, right] = document.dir === "rtl" ? [covered.side, 0] : [0, covered.side];
    const padding = { left: left + edge, right: right + edge, top: edge, bottom: covered.below + edge };
    const xs = points.map((point) => point.x), ys = points.map((point) => point.y);
    const box = [degrees(Math.min(...xs), Math.max(...ys)), degrees(Math.max(...xs), Math.min(...ys))];
    this.map.fitBounds(box, { padding, maxZoom: Math.max(5, this.map.getZoom()), animate: !reducedMotion.matches, duration: 600 });
  }

  /** Zoom in until a box fills the map. @param {Bounds} box */
  zoomTo([west, south, east, north]) {
    if (east - west < 1e-4 && north - south < 1e-4) return false;
    const before = this.map.getZoom();
    const animate = !reducedMotion.matches;
    const camera = this.map.cameraForBounds([west, south, east, north], { padding: 72, maxZoom: MAX_ZOOM_OF_CLICK });
    if (camera && camera.zoom > before + MIN_ZOOM_STEP) {
      this.map.easeTo({ ...camera, animate, duration: 500 });
      return true;
    }
    if (before > MIN_ZOOM_OF_LIST) return false;
    this.map.easeTo({ center: [(west + east) / 2, (south + north) / 2], zoom: before + 2, animate });
    return true;
  }

  /** Highlight an area: the countries of the open event. @param {any} area GeoJSON, or null for none @param {string} colour */
  highlight(area, colour) {
    const { map } = this;
    this.area = area;
    if (!map.isStyleLoaded()) {
      if (area) map.once("idle", () => this.area === area && this.onStyle?.());
      return false;
    }
    const data = area ?? collection([]);
    const source = map.getSource(HIGHLIGHT);
    if (source) {
      source.setData(data);
      map.setPaintProperty(HIGHLIGHT, "fill-color", colour);
      map.setPaintProperty(HIGHLIGHT_EDGE, "line-color", colour);
    } else if (area) {
      map.addSource(HIGHLIGHT, { type: "geojson", data });
      const above = this.firstLayer(["symbol"]);
      map.addLayer({ id: HIGHLIGHT, type: "fill", source: HIGHLIGHT, paint: { "fill-color": colour, "fill-opacity": 0.16 } }, above);
      map.addLayer({ id: HIGHLIGHT_EDGE, type: "line", source: HIGHLIGHT, paint: { "line-color": colour, "line-width": 1 } }, above);
    }
    return true;
  }

  /** Return the id of the style's first layer of some types. @param {string[]} types */
  firstLayer(types) {
    return this.map.getStyle().layers.find((/** @type {any} */ layer) => types.includes(layer.type))?.id;
  }

  /** Tint countries, instead of those tinted before. @param {any[]} areas Features @param {boolean} dark */
  tint(areas, dark) {
    const { map } = this;
    const source = map.getSource(TINT);
    if (source) return source.setData(collection(areas));
    map.addSource(TINT, { type: "geojson", data: collection(areas) });
    const opacity = ["interpolate", ["linear"], ["zoom"], 4.5, 0.09, MAX_ZOOM_OF_TINT, 0]; // the outlines are made for small scales
    const paint = { "fill-color": dark ? "#ecebe8" : "#1a1a1c", "fill-opacity": opacity, "fill-antialias": false };
    map.addLayer({ id: TINT, type: "fill", source: TINT, paint }, this.firstLayer(["line", "symbol"]));
  }

  /** Call a function whenever the map has drawn everything. @param {() => void} listener */
  onIdle(listener) {
    this.map.on("idle", listener);
  }

  repaint() {
    this.map.triggerRepaint();
  }

  get hasTint() {
    return Boolean(this.map.getSource(TINT));
  }

  /** @param {number} x @param {number} y @returns {string | null} */
  countryAt(x, y) {
    if (!this.map.getLayer(TINT) || this.map.getZoom() > MAX_ZOOM_OF_TINT) return null;
    return this.map.queryRenderedFeatures([x, y], { layers: [TINT] })[0]?.properties["country"] ?? null;
  }
}

/** Return the padding that keeps the first events away from the edges and from the buttons. @param {HTMLElement} holder */
function padding(holder) {
  const side = Math.min(56, (holder.getBoundingClientRect().width || 600) / 8);
  const buttons = document.dir === "rtl" ? "left" : "right";
  return { top: 48, bottom: 48, left: side, right: side, [buttons]: side * 1.5 };
}
