// @ts-check
/** The live page. Its state is its address; the map, timeline, list and card show that state, and change it. */

import { Card } from "../list/card.js";
import { List } from "../list/list.js";
import { LabelRoom } from "../map/label_room.js";
import { WorldMap, parseCamera } from "../map/map.js";
import { TintedCountries } from "../map/tinted_countries.js";
import { Sources } from "../data/source.js";
import { AddressState, toggle, withoutFilter, writeParams, writeSpot } from "../shared/address.js";
import { Superseded } from "../shared/fetch.js";
import { translate } from "../shared/messages.js";
import { Timeline } from "../timeline/timeline.js";
import { FilterPanel } from "./filter_panel.js";
import { OpenEvent } from "./open_event.js";
import { ProblemLine } from "./problem_line.js";
import { Shell, find, hide } from "./shell.js";

/** @typedef {import("../shared/types.js").Params} Params */
/** @typedef {import("../data/types.js").Source} Source */

const ROWS_WHILE_DRAGGING = 12; // about as many as are visible; the others follow when the drag ends
const ANNOUNCE_DELAY_MS = 700;
const MAX_LATITUDE = 85; // of the map, degrees
const LIVE_CONTROLS = ".play, .dates, .measure:has(option + option), .stage-bars, .inview, .for-list";
const root = document.documentElement;

/** Return a key of everything that the list depends on: the parameters without the open card, the map's view and the theme. @param {Params} params */
function listKey(params) {
  const { event: _event, spot: _spot, map: _map, theme: _theme, ...others } = params;
  return writeParams(others);
}

/** Await a view, but not if a later request of the same view replaced its own, as of a map that moves. @param {Promise<unknown>} view */
const unlessSuperseded = (view) => view.catch((error) => {
  if (!(error instanceof Superseded)) throw error;
});

export class Page {
  /** Make the views and their listeners. Nothing is requested or drawn before `start`. */
  constructor() {
    this.lifetime = new AbortController();
    const { signal } = this.lifetime;
    const onError = (/** @type {unknown} */ error) => this.fail(error);
    this.state = new AddressState((params, before) => this.addressChanged(params, before), signal);
    this.sources = new Sources();
    this.problem = new ProblemLine(find(".trouble"), {
      retry: () => this.retry(),
      clearFilter: () => this.state.set(withoutFilter(this.state.params)),
      leaveEvent: () => this.leaveEvent(),
    }, signal);
    this.shell = new Shell({ onThemeChange: () => this.recolour(), onError }, signal);
    this.filterPanel = new FilterPanel(this.state, signal);
    this.list = new List(find("ol.events"), (from, count) => this.loadRows(from, count), onError);
    this.timeline = new Timeline(find(".timeline"), (datetime, done) => this.windowChanged(datetime, done), () => this.timelineResized(), signal);
    this.card = new Card(find(".card"), { onClose: () => this.closeCard(), onStep: (by) => this.stepEvent(by), onError }, signal);
    this.map = new WorldMap(find(".map"), this.mapEvents());
    this.tintedCountries = new TintedCountries(this.map);
    this.labelRoom = new LabelRoom(this.map);
    this.openEvent = new OpenEvent(this.state, this.sources, this, listKey);
    this.inview = /** @type {HTMLInputElement} */ (find(".inview input"));
    this.measure = /** @type {HTMLSelectElement} */ (find(".measure select"));
    this.isDragging = false; // a window over the timeline is being changed
    this.isDrawn = false; // everything shows the current parameters
    this.movesByClick = false; // the map moves because a mark was clicked
    this.refreshTurn = 0;
    this.drawTurn = 0;
    this.listTurn = 0;
    this.frameRequest = 0;
    this.announceTimer = 0;
    /** @type {Promise<unknown> | null} */
    this.drawing = null;
    this.listen(signal);
  }

  /** @returns {import("../map/types.js").MapEvents} */
  mapEvents() {
    return {
      onMove: (byHand) => this.mapMoved(byHand),
      onPick: (mark) => this.pickMark(mark),
      onClick: (event) => this.tintedCountries.click(event, (code) => this.state.set({ country: toggle(this.state.params["country"], code) })),
      areaName: (event) => this.tintedCountries.nameUnder(event),
      onGround: (available) => (available ? hide(this.problem.box) : this.fail(new Error("The base map cannot be loaded."))),
    };
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.inview.addEventListener("change", () => this.state.set({ inview: this.inview.checked ? "1" : null }), { signal });
    this.measure.addEventListener("change", () => this.state.set({ measure: this.measure.value || null }), { signal });
    document.addEventListener("click", (event) => {
      if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      const item = link?.closest(".event");
      if (item instanceof HTMLElement && item.dataset["id"] && (link?.classList.contains("row") || link?.closest("h3"))) {
        event.preventDefault();
        this.state.set({ event: item.dataset["id"] });
      }
    }, { signal });
  }

  /** Load the events, and draw every view. If that fails, the problem line offers to try again. */
  async start() {
    try {
      await this.load();
    } catch (error) {
      this.fail(error);
      const { signal } = this.lifetime;
      this.problem.button.addEventListener("click", () => this.load().then(() => (this.problem.box.hidden = true), (again) => this.fail(again)), { once: true, signal });
    }
  }

  /** Stop every listener, timer and observer; the links of the page work as without a script. */
  stop() {
    this.lifetime.abort();
    cancelAnimationFrame(this.frameRequest);
    clearTimeout(this.announceTimer);
    this.timeline.stop();
    this.list.stop();
    this.map.stop();
    root.classList.remove("live");
  }

  async load() {
    await this.sources.load(this.state.params);
    root.classList.add("live");
    for (const control of document.querySelectorAll(LIVE_CONTROLS)) /** @type {HTMLElement} */ (control).hidden = false;
    this.inview.checked = this.state.params["inview"] === "1";
    await this.refresh(false);
    const extent = await this.sources.current?.extent();
    const clamp = (/** @type {number} */ lat) => Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, lat));
    await this.map.start(extent ? [extent[0], clamp(extent[1]), extent[2], clamp(extent[3])] : null, parseCamera(this.state.params["map"]));
    this.tintedCountries.show(this.tintedCountries.codes);
    if (this.map.layer.pins.length) this.openEvent.reveal(this.map.layer.pins);
    if (this.state.params["inview"] === "1") await this.drawList();
  }

  /** @param {unknown} error */
  fail(error) {
    if (!(error instanceof Superseded)) this.openEvent.forget();
    this.problem.show(error);
  }

  retry() {
    this.map.retry();
    this.refresh(true);
  }

  /** Close the card of an event that readers may no longer see, and load the events again. */
  leaveEvent() {
    this.sources.reset();
    this.state.set({ event: null });
    this.refresh(true);
  }

  /** @param {Params} params @param {Params} before */
  addressChanged(params, before) {
    if (params["theme"] !== before["theme"]) root.dataset["theme"] = params["theme"] ?? "auto";
    if (params["map"] !== before["map"] && params["map"] && params["map"] !== this.map.address()) this.map.jumpTo(params["map"]);
    if (params["lang"] !== before["lang"]) return location.reload();
    cancelAnimationFrame(this.frameRequest);
    // A card that opens or closes does not redraw the list, which may have the focus.
    const isSameList = this.sources.current && this.isDrawn && listKey(params) === listKey(before);
    this.frameRequest = requestAnimationFrame(() => (isSameList ? this.openEvent.show().catch((error) => this.fail(error)) : this.refresh(false)));
  }

  /** Show another window of the timeline. A drag is one step of the history. @param {string | null} datetime @param {boolean} done */
  windowChanged(datetime, done) {
    this.state.set({ datetime }, !this.isDragging);
    this.isDragging = !done;
    if (!done) return;
    this.state.writeLater();
    // The last move may be drawn already, but without the counts and most of the list.
    cancelAnimationFrame(this.frameRequest);
    this.refresh(false);
  }

  timelineResized() {
    if (this.sources.current && this.timeline.bars) this.drawBars(this.sources.current).catch((error) => this.fail(error));
  }

  /** Draw every view for the current parameters. @param {boolean} afterFailure draws also what has not changed */
  async refresh(afterFailure) {
    const turn = ++this.refreshTurn;
    // While a window is dragged and the server filters, the next request waits for the answer to the last one.
    while (this.isDragging && this.drawing && this.sources.isRemote) await this.drawing;
    if (turn !== this.refreshTurn) return;
    this.isDrawn = false;
    const drawing = this.draw(afterFailure).catch((error) => this.fail(error));
    this.drawing = drawing;
    await drawing;
    if (this.drawing === drawing) this.drawing = null;
  }

  /** @param {boolean} afterFailure */
  async draw(afterFailure) {
    const turn = ++this.drawTurn;
    const { params } = this.state;
    const problems = this.problem.count;
    await this.sources.load(params);
    const source = this.sources.current;
    if (turn !== this.drawTurn || !source) return;
    await source.select(params, this.isDragging);
    await Promise.all([
      unlessSuperseded(this.drawMarks()),
      afterFailure || source.fresh || !this.timeline.bars ? this.drawBars(source) : this.timeline.read(params["datetime"], params["undated"]),
      unlessSuperseded(this.drawList()),
      this.openEvent.show(this.isDragging),
      this.isDragging ? null : this.drawCounts(source, params),
    ]);
    if (turn !== this.drawTurn) return;
    if (this.problem.count === problems && !this.map.isGroundMissing) hide(this.problem.box);
    this.isDrawn = true;
    if (!this.isDragging) source.vagueCountries(params).then((codes) => this.tintedCountries.show(codes)).catch(() => undefined); // the map is useful without the tint
    root.dataset["shown"] = String(turn);
  }

  /** @param {Source} source @param {Params} params */
  async drawCounts(source, params) {
    this.filterPanel.show(params, ...(await Promise.all([source.countCategories(params), source.countBare()])));
  }

  /** @param {Source} source */
  async drawBars(source) {
    this.timeline.show(await source.bars(this.state.params, this.timeline.measureMaxBars()));
    this.measure.value = this.state.params["measure"] ?? "";
    this.timeline.read(this.state.params["datetime"], this.state.params["undated"]);
  }

  async drawMarks() {
    const view = this.map.view();
    const source = this.sources.current;
    if (!view || !source) return;
    this.map.showMarks(await source.marks(view), source.slugs);
    this.labelRoom.update();
  }

  /** @param {number} from @param {number} count */
  loadRows(from, count) {
    const { params } = this.state;
    return this.sources.rows(params, from, count, params["inview"] === "1" ? this.map.bounds() : null);
  }

  async drawList() {
    const turn = ++this.listTurn;
    const total = await this.list.show(this.isDragging ? ROWS_WHILE_DRAGGING : undefined);
    if (turn !== this.listTurn) return; // a later call shows its own count
    const text = translate("events", { n: total });
    find(".count h2").textContent = text;
    if (total) hide(find(".empty"));
    else find(".empty").hidden = false;
    find("ol.events").hidden = total === 0;
    clearTimeout(this.announceTimer);
    this.announceTimer = window.setTimeout(() => (find(".spoken").textContent = text), ANNOUNCE_DELAY_MS);
  }

  /** Close the card, or return to the list of the spot that its event was opened from. */
  closeCard() {
    const { event, spot } = this.state.params;
    if (!(event && spot)) this.card.close();
    this.state.set(event ? { event: null } : { spot: null });
  }

  /** Open the event before or after the open one. @param {number} by -1 or 1 */
  async stepEvent(by) {
    const id = await this.list.neighbour(this.card.id, by);
    if (id) this.state.set({ event: id }, false);
  }

  /** @param {boolean} byHand */
  mapMoved(byHand) {
    const address = byHand || this.movesByClick ? this.map.address() : "";
    this.movesByClick = false;
    if (address) {
      this.state.params = { ...this.state.params, map: address };
      this.state.writeLater();
    }
    this.drawMarks().catch((error) => this.fail(error));
    if (this.state.params["inview"] === "1") this.drawList().catch((error) => this.fail(error));
  }

  /** Open the event of a mark, zoom in on its pins, or list its events where zooming does not split it. @param {import("../map/types.js").Mark} mark */
  pickMark(mark) {
    if (mark.count === 1) return this.state.set({ event: this.sources.current?.id(mark.event) ?? "", spot: null });
    this.movesByClick = true;
    if (this.map.zoomTo(mark)) return;
    this.movesByClick = false;
    this.state.set({ spot: writeSpot(mark.box), event: null });
  }

  recolour() {
    this.map.recolour();
    this.labelRoom.update();
    this.timeline.recolour();
  }
}
