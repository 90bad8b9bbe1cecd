// @ts-check
/** The map: MapLibre below, our marks on a canvas of our own above it; without WebGL a still map under the same marks. */

import { radius } from "./clusters.js";
import { degrees, mercatorY } from "../shared/mercator.js";
import { chosen, inks, mark as draw } from "./paint.js";
import { Tip } from "./tooltip.js";
import { facts, translate, lang } from "../shared/messages.js";

/** @typedef {import("./clusters.js").Mark} Mark */
/** @typedef {{x: number, y: number, coarse: boolean, country: boolean, km: number, lat: number, slug: string}} Pin of the chosen event */
/** @typedef {{zoom: number, west: number, east: number, north: number, south: number}} View in units of the world square */

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const LAND = "chosen-area";
const RIM = 28; // pixels from the edge of the world, where the map ends, for what lies at a pole beyond it

export class WorldMap {
  /**
   * @param {HTMLElement} box
   * @param {{moved: (byHand: boolean) => void, picked: (mark: Mark) => void, empty: (event: MouseEvent) => void, over: (event: MouseEvent) => string, ground?: (there: boolean) => void}} told `ground`: that it could not be loaded, or was at last
   */
  constructor(box, told) {
    this.box = box;
    this.told = told;
    /** @type {Mark[]} */
    this.marks = [];
    /** @type {string[]} */
    this.slugs = [];
    /** @type {Pin[]} */
    this.pins = [];
    this.top = document.createElement("canvas");
    this.top.className = "marks";
    this.top.setAttribute("aria-hidden", "true");
    this.tip = new Tip(box);
    /** @type {import("./still.js").Still | any} */
    this.ground = null;
    this.ink = inks();
    this.bare = false; // the ground could not be loaded
    this.size = [0, 0];
    new ResizeObserver(() => this.resize()).observe(box);
  }

  /**
   * Make the ground: MapLibre where WebGL is, else a still map.
   * @param {[number, number, number, number] | null} bounds @param {string | undefined} at zoom/lat/lon
   */
  async start(bounds, at) {
    const probe = document.createElement("canvas");
    const able = probe.getContext("webgl2");
    able?.getExtension("WEBGL_lose_context")?.loseContext();
    this.holder = document.createElement("div");
    this.holder.className = "ground";
    this.box.append(this.holder, this.top, this.tip.shown);
    const place = at ? at.split("/").map(Number) : null;
    try {
      if (!able) throw new Error("no WebGL");
      await this.live(bounds, place);
    } catch {
      const { Still } = await import("./still.js");
      this.holder.replaceChildren();
      this.ground = await Still.make(this.holder, bounds, place, this.ink.dark);
      const line = document.createElement("p");
      line.className = "line";
      line.textContent = translate("no_webgl");
      this.box.append(line);
      this.listen(this.box);
      this.told.moved(false);
    }
    this.resize();
    this.box.dataset["ready"] = "yes";
  }

  /** @param {[number, number, number, number] | null} bounds @param {number[] | null} at */
  async live(bounds, at) {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = `${facts.assets}/vendor/maplibre-gl/maplibre-gl.css`;
    document.head.prepend(sheet);
    const [library] = await Promise.all([
      import(`${facts.assets}/vendor/maplibre-gl/maplibre-gl.mjs`),
      Promise.all(["400 12px 'Dateline Sans'", "600 12px 'Dateline Sans'"].map((font) => document.fonts.load(font))),
    ]);
    const view = at ? { zoom: at[0], center: [at[2], at[1]] } : { bounds: bounds ?? [-120, -45, 150, 70], fitBoundsOptions: { padding: this.edges(), maxZoom: 6 } };
    this.ground = new library.Map({
      container: this.holder,
      style: this.style(),
      ...view,
      maxZoom: 15,
      cooperativeGestures: facts.framed,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: true,
      fadeDuration: calm.matches ? 0 : 200,
      locale: {
        "NavigationControl.ZoomIn": translate("zoom_in"),
        "NavigationControl.ZoomOut": translate("zoom_out"),
        "Map.Title": translate("map"),
        "CooperativeGesturesHandler.WindowsHelpText": translate("gesture_ctrl"),
        "CooperativeGesturesHandler.MacHelpText": translate("gesture_cmd"),
        "CooperativeGesturesHandler.MobileHelpText": translate("gesture_touch"),
        "AttributionControl.ToggleAttribution": translate("attribution"),
      },
    });
    const map = this.ground;
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    const start = document.dir === "rtl" ? "left" : "right";
    map.addControl(new library.NavigationControl({ showCompass: false }), `top-${start}`);
    map.addControl(new library.AttributionControl({ compact: false }), `bottom-${start}`);
    map.on("move", () => this.paint());
    map.on("moveend", (/** @type {any} */ event) => this.told.moved(Boolean(event.originalEvent)));
    map.on("load", () => this.tint(this.area ?? null));
    map.once("idle", () => (this.box.dataset["idle"] = "yes"));
    let styled = false;
    const ground = (/** @type {boolean} */ there) => {
      styled = there;
      if (this.bare !== there) return;
      this.bare = !there;
      this.told.ground?.(there);
    };
    map.once("style.load", () => ground(true));
    map.on("error", () => styled || ground(false)); // a tile that fails leaves paper; the marks stay
    this.listen(map.getCanvas());
    map.getCanvas().setAttribute("aria-label", translate("map_help"));
    this.told.moved(false);
  }

  /** Keep what is shown at first from the edges, and from the buttons. */
  edges() {
    const wide = Math.min(56, (this.size[0] ?? 600) / 8);
    const most = document.dir === "rtl" ? "left" : "right";
    return { top: 48, bottom: 48, left: wide, right: wide, [most]: wide * 1.5 };
  }

  style() {
    return `${facts.root}/basemap/style.json?theme=${this.ink.dark ? "dark" : "light"}&lang=${encodeURIComponent(lang)}`;
  }

  /** Ask once more for a ground that could not be loaded. */
  again() {
    if (this.bare) this.ground.setStyle(this.style(), { diff: false });
  }

  /** Take the colours anew, when the theme changes. */
  recolour() {
    const dark = this.ink.dark;
    this.ink = inks();
    if (dark !== this.ink.dark && this.ground?.setStyle) {
      this.ground.setStyle(this.style());
      this.ground.once("styledata", () => this.tint(this.area ?? null));
    }
    this.paint();
  }

  /** @param {HTMLElement} target */
  listen(target) {
    target.addEventListener("click", (event) => {
      const found = this.under(event);
      if (found) this.told.picked(found);
      else this.told.empty(event);
    });
    target.addEventListener("mousemove", (event) => this.hover(event));
    target.addEventListener("mouseleave", () => this.tip.hide());
  }

  /** @param {MouseEvent} event */
  hover(event) {
    const found = event.buttons ? null : this.under(event);
    const area = found || event.buttons ? "" : this.told.over(event);
    (this.ground?.getCanvas?.() ?? this.box).style.cursor = found || area ? "pointer" : "";
    if (found) this.tip.mark(found, this.spot(found));
    else if (area) this.tip.area(area, event);
    else this.tip.hide();
  }

  /** @param {MouseEvent} event */
  under(event) {
    const box = this.box.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let [best, least] = [/** @type {Mark | null} */ (null), Infinity];
    for (const mark of this.marks) {
      const [mx, my] = this.spot(mark);
      const far = Math.hypot(mx - x, my - y) - radius(mark);
      // Half of 44 px is what a finger needs; a mark under it wins over one beside it.
      if (far < Math.max(4, 22 - radius(mark)) && far < least) [best, least] = [mark, far];
    }
    return best;
  }

  /** Where a point of the world is on the box, in the copy of the world nearest to the middle. @param {{x: number, y: number}} at @returns {[number, number]} */
  spot(at) {
    if (!this.ground) return [-99, -99];
    const [x, y] = this.ground.getCenter ? this.projected(at) : this.ground.spot(at);
    // In the south the map's own line of text comes first.
    return [x, y + (at.y < 1e-6 ? RIM : at.y > 1 - 1e-6 ? -2 * RIM : 0)];
  }

  /** @param {{x: number, y: number}} at @returns {[number, number]} */
  projected(at) {
    const [lon, lat] = degrees(at.x, at.y);
    const middle = this.ground.getCenter().lng;
    const found = this.ground.project([lon + 360 * Math.round((middle - lon) / 360), lat]);
    return [found.x, found.y];
  }

  /** @returns {View | null} */
  view() {
    if (!this.ground) return null;
    if (!this.ground.getBounds) return this.ground.view();
    const bounds = this.ground.getBounds();
    return {
      zoom: this.ground.getZoom(),
      west: (bounds.getWest() + 180) / 360,
      east: (bounds.getEast() + 180) / 360,
      north: mercatorY(bounds.getNorth()),
      south: mercatorY(bounds.getSouth()),
    };
  }

  /** What the map shows, as west, south, east, north in degrees; west > east across the antimeridian. */
  bounds() {
    const view = this.view();
    if (!view) return null;
    if (view.east - view.west >= 1) return /** @type {const} */ ([-180, degrees(0, view.south)[1], 180, degrees(0, view.north)[1]]);
    const wrap = (/** @type {number} */ x) => ((((x % 1) + 1) % 1) * 360) - 180;
    return /** @type {const} */ ([wrap(view.west), degrees(0, view.south)[1], wrap(view.east), degrees(0, view.north)[1]]);
  }

  /** The view for the address: zoom/lat/lon. */
  address() {
    const middle = this.ground?.getCenter?.().wrap();
    return middle ? `${+this.ground.getZoom().toFixed(2)}/${+middle.lat.toFixed(4)}/${+middle.lng.toFixed(4)}` : "";
  }

  /** @param {Mark[]} marks @param {string[]} slugs of their counts */
  show(marks, slugs) {
    this.marks = [...marks].sort((one, other) => other.count - one.count);
    this.slugs = slugs;
    this.paint();
  }

  /** @param {Pin[]} pins of the chosen event */
  choose(pins) {
    this.pins = pins;
    this.paint();
  }

  /** Tint an area on the ground: the countries of the chosen event. @param {any} area GeoJSON, or null */
  tint(area) {
    this.area = area;
    const map = this.ground;
    if (!map?.getSource || !map.isStyleLoaded?.()) {
      if (map?.once && area) map.once("idle", () => this.area === area && this.tint(area));
      return;
    }
    const data = area ?? { type: "FeatureCollection", features: [] };
    const held = map.getSource(LAND);
    const colour = this.ink.fill(this.pins[0]?.slug);
    if (held) {
      held.setData(data);
      map.setPaintProperty(LAND, "fill-color", colour);
      map.setPaintProperty(`${LAND}-edge`, "line-color", colour);
    } else if (area) {
      map.addSource(LAND, { type: "geojson", data });
      const labels = map.getStyle().layers.find((/** @type {any} */ layer) => layer.type === "symbol")?.id;
      map.addLayer({ id: LAND, type: "fill", source: LAND, paint: { "fill-color": colour, "fill-opacity": 0.16 } }, labels);
      map.addLayer({ id: `${LAND}-edge`, type: "line", source: LAND, paint: { "line-color": colour, "line-width": 1 } }, labels);
    }
    this.paint();
  }

  /** Bring points into view, if one is not. @param {{x: number, y: number}[]} points @param {{side: number, below: number}} [covered] pixels at the end of the line, and at the foot */
  reveal(points, covered = { side: 0, below: 0 }) {
    if (!points.length || !this.ground?.fitBounds) return;
    const [wide, high] = [this.size[0] ?? 0, this.size[1] ?? 0];
    const rtl = document.dir === "rtl";
    const [left, right] = rtl ? [covered.side, 0] : [0, covered.side];
    const inside = points.every((point) => {
      const [x = 0, y = 0] = this.spot(point);
      return x > left + 24 && x < wide - right - 24 && y > 24 && y < high - covered.below - 24;
    });
    if (inside) return;
    const edge = Math.min(64, (wide - covered.side) / 6, (high - covered.below) / 6);
    const padding = { left: left + edge, right: right + edge, top: edge, bottom: covered.below + edge };
    const xs = points.map((point) => point.x), ys = points.map((point) => point.y);
    const box = [degrees(Math.min(...xs), Math.max(...ys)), degrees(Math.max(...xs), Math.min(...ys))];
    this.ground.fitBounds(box, { padding, maxZoom: Math.max(5, this.ground.getZoom()), animate: !calm.matches, duration: 600 });
  }

  /** Go into a mark that holds several; tells whether that parts it. @param {Mark} mark */
  enter(mark) {
    const [west, south, east, north] = mark.box;
    if (!this.ground?.fitBounds || (east - west < 1e-4 && north - south < 1e-4)) return false;
    const before = this.ground.getZoom();
    const camera = this.ground.cameraForBounds([west, south, east, north], { padding: 72, maxZoom: 13 });
    if (!camera || camera.zoom <= before + 0.2) {
      if (before > 11) return false;
      this.ground.easeTo({ center: [(west + east) / 2, (south + north) / 2], zoom: before + 2, animate: !calm.matches });
      return true;
    }
    this.ground.easeTo({ ...camera, animate: !calm.matches, duration: 500 });
    return true;
  }

  resize() {
    const box = this.box.getBoundingClientRect();
    this.size = [box.width, box.height];
    const ratio = devicePixelRatio || 1;
    this.top.width = Math.round(box.width * ratio);
    this.top.height = Math.round(box.height * ratio);
    this.ground?.resize?.();
    this.paint();
  }

  paint() {
    const pen = this.top.getContext("2d");
    if (!pen || !this.ground) return;
    const ratio = devicePixelRatio || 1;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const [wide = 0, high = 0] = this.size;
    pen.clearRect(0, 0, wide, high);
    for (const one of this.marks) {
      const [x = 0, y = 0] = this.spot(one);
      if (x > -40 && x < wide + 40 && y > -40 && y < high + 40) draw(pen, one, x, y, this.slugs, this.ink);
    }
    const zoom = this.view()?.zoom ?? 0;
    for (const pin of this.pins) {
      const [x = 0, y = 0] = this.spot(pin);
      const reach = (pin.km / (40075 * Math.max(0.01, Math.cos((pin.lat * Math.PI) / 180)))) * 512 * 2 ** zoom;
      chosen(pen, { x, y, coarse: pin.coarse, reach: pin.country && this.area ? 0 : Math.max(reach, pin.coarse ? 26 : 0), slug: pin.slug }, this.ink);
    }
  }
}
