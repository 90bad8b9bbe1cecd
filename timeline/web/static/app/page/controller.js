// @ts-check
/** The live page: the address is the state, and map, timeline, list and card are views of it that change it. */

import { Card } from "../list/card.js";
import { Overtaken, told } from "../shared/fetch.js";
import { Head } from "./filter_panel.js";
import { List } from "../list/list.js";
import { WorldMap } from "../map/map.js";
import { Opened } from "./open_event.js";
import { Room } from "../map/label_room.js";
import { Shade, vague } from "../map/tinted_countries.js";
import { Sources } from "../data/source.js";
import { State, filterOnly, spotOf, toggle as toggled, write } from "../shared/address.js";
import { Timeline } from "../timeline/timeline.js";
import { Trouble } from "./problem_line.js";
import { facts, translate } from "../shared/messages.js";

/** @typedef {import("../shared/address.js").Params} Params */
const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (document.querySelector(name));
const GLANCE = 12;
const root = document.documentElement;

const state = new State(changed);
const sources = new Sources();
let mapped = false; // the view of the map was chosen by hand, and so stands in the address
let frame = 0;
let speaking = 0;

const bar = find(".loading");
told.busy = (open) => (bar.hidden = !open);
const trouble = new Trouble(find(".trouble"), { again, clear, leave });

const head = new Head(state);
const list = new List(find("ol.events"), rows, failed);
const timeline = new Timeline(find(".timeline"), (datetime, done) => {
  // A drag is one step for "back": its first move pushes, the rest rewrites.
  state.set({ datetime }, !dragging);
  dragging = !done;
  if (!done) return;
  state.later();
  // The last move may have been drawn already, but for the counts and the rest of the list.
  cancelAnimationFrame(frame);
  refresh(false);
});
let dragging = false;
timeline.needs = () => {
  if (sources.held && timeline.bars) bars().catch(failed);
};
const card = new Card(find(".card"), { closed: () => close(), step, failed });
/** @type {WorldMap} */
const map = new WorldMap(find(".map"), {
  moved,
  picked,
  empty: (event) => shade.click(event, (code) => state.set({ country: toggled(state.params["country"], code) })),
  over: (event) => shade.over(event)?.properties.name ?? "",
  ground: (there) => (there ? hide(trouble.box) : failed(new Error("no ground"))),
});
const shade = new Shade(map);
const room = new Room(map);
const opened = new Opened(state, sources, { card, map, list, timeline, room }, asked);

/** @param {number} from @param {number} count */
function rows(from, count) {
  return sources.rows(state.params, from, count, state.params["inview"] === "1" ? map.bounds() : null);
}

/** @param {unknown} error */
function failed(error) {
  if (!(error instanceof Overtaken)) opened.shown = ""; // a card that was not filled is to be filled
  trouble.tell(error);
}

function again() {
  map.again();
  refresh(true);
}

function clear() {
  state.set(Object.fromEntries(Object.keys(filterOnly(state.params)).map((name) => [name, null])));
}

/** Hide a part; the focus in it goes to the events. @param {HTMLElement} part */
function hide(part) {
  const within = part.contains(document.activeElement);
  part.hidden = true;
  if (within) find("#content").focus({ preventScroll: true });
}

/** Leave the card of an event that is gone, and ask anew which there are. */
function leave() {
  sources.loaded = "";
  state.set({ event: null });
  refresh(true);
}

/** Take it well that a later question of the same view came between, such as of a map that moves. @param {Promise<unknown>} view */
const yielding = (view) => view.catch((error) => {
  if (!(error instanceof Overtaken)) throw error;
});

/** @param {Params} params @param {Params} before */
function changed(params, before) {
  if (params["theme"] !== before["theme"]) root.dataset["theme"] = params["theme"] ?? "auto";
  if (params["map"] !== before["map"] && params["map"] && params["map"] !== map.address()) {
    const [zoom, lat, lon] = params["map"].split("/").map(Number);
    map.ground?.jumpTo?.({ zoom, center: [lon, lat] });
  }
  if (params["lang"] !== before["lang"]) return location.reload();
  cancelAnimationFrame(frame);
  // A card that opens or closes leaves the list as it is, and the focus in it.
  const same = sources.held && drawn && asked(params) === asked(before);
  frame = requestAnimationFrame(() => (same ? opened.show().catch(failed) : refresh(false)));
}

/** What the views depend on beside the open card and the map's place. @param {Params} params */
function asked(params) {
  const { event: _event, spot: _spot, map: _map, theme: _theme, ...rest } = params;
  return write(rest);
}

let wanted = 0;
let turn = 0;
let drawn = false; // everything was drawn as it was asked
/** @type {Promise<unknown> | null} */
let drawing = null;

/** Bring every view up to what is chosen. @param {boolean} again after a failure */
async function refresh(again) {
  const mine = ++wanted;
  // While a window is dragged over many events, the server is asked again as soon as it has answered.
  while (dragging && drawing && sources.far) await drawing;
  if (mine !== wanted) return;
  drawn = false;
  const now = draw(again).catch(failed);
  drawing = now;
  await now;
  if (drawing === now) drawing = null;
}

/** @param {boolean} again */
async function draw(again) {
  const now = ++turn;
  const { params } = state;
  const before = trouble.told;
  await sources.load(params);
  if (now !== turn || !sources.held) return;
  const { held } = sources;
  await held.ready(params, dragging);
  const fresh = again || held.fresh || !timeline.bars;
  await Promise.all([
    yielding(marks()),
    fresh ? bars() : timeline.read(params["datetime"], params["undated"]),
    yielding(listed()),
    opened.show(dragging),
    dragging ? null : counted(params),
  ]);
  if (now !== turn) return;
  if (trouble.told === before && !map.bare) hide(trouble.box); // a card that was not filled has told so
  drawn = true;
  if (!dragging) vague(held, params).then((codes) => shade.show(codes)).catch(() => undefined); // the counts stand without
  root.dataset["shown"] = String(now);
}

/** @param {Params} params */
async function counted(params) {
  const held = /** @type {import("../data/local.js").Local} */ (sources.held);
  head.show(params, ...(await Promise.all([held.tallies(params), held.bare()])));
}

async function bars() {
  const held = /** @type {import("../data/local.js").Local} */ (sources.held);
  timeline.show(await held.bars(state.params, timeline.most));
  measuring.value = state.params["measure"] ?? "";
  timeline.read(state.params["datetime"], state.params["undated"]);
}

async function marks() {
  const view = map.view();
  const { held } = sources;
  if (!view || !held) return;
  map.show(await held.marks(view), held.slugs);
  room.make();
}

let listing = 0;
async function listed() {
  const now = ++listing;
  // While the window is drawn, as many rows as are seen; the others when it rests.
  const total = await list.show(dragging ? GLANCE : undefined);
  if (now !== listing) return; // a later question has told its count already, or will
  find(".count h2").textContent = translate("events", { n: total });
  if (total) hide(find(".empty"));
  else find(".empty").hidden = false;
  find("ol.events").hidden = total === 0;
  clearTimeout(speaking);
  speaking = window.setTimeout(() => (find(".spoken").textContent = translate("events", { n: total })), 700);
}

/** @param {string} id */
function open(id) {
  state.set({ event: id });
}

/** Leave the event for the list of its spot, if it came from there, or the card for the page. */
function close() {
  const { event, spot } = state.params;
  if (!(event && spot)) card.close();
  state.set(event ? { event: null } : { spot: null });
}

/** @param {number} by */
async function step(by) {
  const next = await list.beside(card.id, by);
  if (next) state.set({ event: next }, false);
}

/** @param {boolean} byHand */
function moved(byHand) {
  if (byHand || mapped) {
    mapped = false;
    const at = map.address();
    if (at) {
      state.params = { ...state.params, map: at };
      state.later();
    }
  }
  marks().catch(failed);
  if (state.params["inview"] === "1") listed().catch(failed);
}

/** @param {import("../map/clusters.js").Mark} mark */
function picked(mark) {
  if (mark.count === 1) return state.set({ event: sources.id(mark.event), spot: null });
  mapped = true;
  if (map.enter(mark)) return;
  mapped = false;
  state.set({ spot: spotOf(mark.box), event: null });
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  const item = link?.closest(".event");
  if (item instanceof HTMLElement && item.dataset["id"] && (link?.classList.contains("row") || link?.closest("h3"))) {
    event.preventDefault();
    open(item.dataset["id"]);
  }
});

const inview = /** @type {HTMLInputElement} */ (find(".inview input"));
inview.addEventListener("change", () => state.set({ inview: inview.checked ? "1" : null }));
const measuring = /** @type {HTMLSelectElement} */ (find(".measure select"));
measuring.addEventListener("change", () => state.set({ measure: measuring.value || null }));
const toggle = find(".for-list");
toggle.addEventListener("click", () => {
  const on = document.body.classList.toggle("show-list");
  toggle.setAttribute("aria-pressed", String(on));
});
// In a small frame the list that the link leads to is folded away.
find("a.skip").addEventListener("click", () => find("#content").offsetParent ?? toggle.click());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => recolour());
matchMedia("(forced-colors: active)").addEventListener("change", () => recolour());
new MutationObserver(() => recolour()).observe(root, { attributeFilter: ["data-theme"] });

function recolour() {
  map.recolour();
  room.make();
  timeline.recolour();
}

/** The page is as high as the window, whatever stands above it. */
function fit() {
  root.style.setProperty("--head", `${find(".page").offsetTop}px`);
}
const above = new ResizeObserver(fit);
for (const part of [find(".band"), trouble.box]) above.observe(part);

async function begin() {
  await sources.load(state.params);
  root.classList.add("live");
  for (const part of document.querySelectorAll(".play, .dates, .measure:has(option + option), .stage-bars, .inview, .for-list")) /** @type {HTMLElement} */ (part).hidden = false;
  inview.checked = state.params["inview"] === "1";
  await refresh(false);
  const extent = await sources.held?.extent();
  const seen = (/** @type {number} */ lat) => Math.max(-85, Math.min(85, lat)); // the map ends there
  await map.start(extent ? [extent[0], seen(extent[1]), extent[2], seen(extent[3])] : null, state.params["map"]);
  shade.show(shade.codes);
  if (map.pins.length) opened.reveal(map.pins);
  if (state.params["inview"] === "1") await listed();
}

begin().catch((error) => {
  failed(error);
  find(".trouble button").addEventListener("click", () => begin().then(() => (trouble.box.hidden = true), failed), { once: true });
});

// The titles are read in the reader's own font until the page is there: theirs is heavier than all that is needed to read.
function dress() {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = `${facts.assets}/titles.css`;
  document.head.append(sheet);
}
if (document.readyState === "complete") dress();
else addEventListener("load", dress);

const sharing = find(".sharing");
sharing.hidden = false;
sharing.addEventListener("click", () => {
  import("../embed/share_panel.js").then(({ openShare }) => openShare(location.href, facts.title, facts.root)).catch(failed);
});
