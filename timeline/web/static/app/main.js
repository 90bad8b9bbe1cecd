// @ts-check
/** The live page: the address is the state, and map, timeline, list and card are views of it that change it. */

import { Card } from "./card.js";
import { Overtaken, Refused, ask, told } from "./fetch.js";
import { SERVER } from "./filter.js";
import { List } from "./list.js";
import { Local } from "./local.js";
import { WorldMap } from "./map.js";
import { Head } from "./head.js";
import { Remote } from "./remote.js";
import { Room } from "./room.js";
import { Shade, vague } from "./shade.js";
import { State, boxOf, filterOnly, spotOf, toggle as toggled, write } from "./state.js";
import { Timeline } from "./timeline.js";
import { facts, say, words } from "./words.js";

/** @typedef {import("./state.js").Params} Params */
const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (document.querySelector(name));
const MOST = 20000;
const GLANCE = 12;
const root = document.documentElement;

const state = new State(changed);
const remote = new Remote();
/** @type {Local | Remote | null} */
let source = null;
let loaded = "";
let mapped = false; // the view of the map was chosen by hand, and so stands in the address
let frame = 0;
let speaking = 0;

const bar = find(".loading");
told.busy = (open) => (bar.hidden = !open);
const trouble = find(".trouble");
let refused = false; // what was asked, and not the server, is at fault
find(".trouble button").addEventListener("click", () => {
  if (!refused) return refresh(true);
  state.set(Object.fromEntries(Object.keys(filterOnly(state.params)).map((name) => [name, null])));
});

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
  frame = requestAnimationFrame(() => refresh(false));
});
let dragging = false;
timeline.needs = () => {
  if (source && timeline.bars) bars().catch(failed);
};
const card = new Card(find(".card"), { closed: () => close(), step, failed });
/** @type {WorldMap} */
const map = new WorldMap(find(".map"), {
  moved,
  picked,
  empty: (event) => shade.click(event, (code) => state.set({ country: toggled(state.params["country"], code) })),
  over: (event) => shade.over(event)?.properties.name ?? "",
});
const shade = new Shade(map);
const room = new Room(map);

/** @param {number} from @param {number} count */
function rows(from, count) {
  const box = state.params["inview"] === "1" ? map.bounds() : null;
  return /** @type {Local} */ (source).rows(state.params, from, count, box);
}

/** @param {unknown} error */
function failed(error) {
  if (error instanceof Overtaken) return;
  refused = error instanceof Refused;
  shown = ""; // a card that was not filled is to be filled
  find(".trouble p").textContent = refused ? /** @type {Error} */ (error).message : say("failed");
  find(".trouble button").textContent = say(refused ? "clear" : "try_again");
  trouble.hidden = false;
}

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
  const same = source && drawn && asked(params) === asked(before);
  frame = requestAnimationFrame(() => (same ? opened().catch(failed) : refresh(false)));
}

/** What the views depend on beside the open card and the map's place. @param {Params} params */
function asked(params) {
  const { event: _event, spot: _spot, map: _map, theme: _theme, ...rest } = params;
  return write(rest);
}

/** What only the server evaluates: a change of it loads the events anew. @param {Params} params */
function base(params) {
  const kept = Object.fromEntries(SERVER.filter((name) => params[name]).map((name) => [name, params[name] ?? ""]));
  return write(params["measure"] ? { ...kept, measure: params["measure"] } : kept);
}

/** @param {Params} params */
async function load(params) {
  const key = base(params);
  if (source && loaded === key) return;
  const kept = key.replace(/&?measure=[^&]*/, "");
  const first = !source;
  const many = first ? facts.large : facts.large && (await ask("size", `/events/summary?${kept}`)).matched > MOST;
  source = many ? remote : new Local(await ask("index", `/events/index?${[key, `lang=${words["lang"] ?? "en"}`].filter(Boolean).join("&")}`));
  source.fresh = true;
  loaded = key;
  remote.key = "\n";
}

let turn = 0;
let drawn = false; // everything was drawn as it was asked
/** Bring every view up to what is chosen. @param {boolean} again after a failure */
async function refresh(again) {
  const now = ++turn;
  drawn = false;
  const { params } = state;
  try {
    if (again) source = again && loaded === base(params) ? source : null;
    await load(params);
    const held = /** @type {Local | Remote} */ (source);
    if (held === remote && !again) await new Promise((rest) => setTimeout(rest, dragging ? 180 : 0));
    if (now !== turn) return;
    await held.ready(params);
    if (now !== turn) return;
    const fresh = held.fresh || !timeline.bars;
    await Promise.all([fresh ? bars() : timeline.read(params["datetime"]), marks(), listed(), opened()]);
    if (now !== turn) return;
    if (!dragging) head.show(params, await held.tallies(params), held.bare());
    trouble.hidden = true;
    drawn = true;
    if (!dragging) vague(held, params).then((codes) => shade.show(codes)).catch(() => undefined); // the counts stand without
    root.dataset["shown"] = String(now);
  } catch (error) {
    failed(error);
  }
}

async function bars() {
  const held = /** @type {Local} */ (source);
  const found = await held.bars(state.params, timeline.most);
  timeline.show(found);
  // Many events: the bars are there at once, their colours when each category has answered.
  found.later?.then((parted) => timeline.bars === found && timeline.show(parted)).catch(() => undefined);
  measuring.value = state.params["measure"] ?? "";
  timeline.read(state.params["datetime"]);
}

async function marks() {
  const view = map.view();
  if (!view || !source) return;
  map.show(await source.marks(view), source.slugs);
  room.make();
}

async function listed() {
  // While the window is drawn, as many rows as are seen; the others when it rests.
  const total = await list.show(dragging ? GLANCE : undefined);
  find(".count h2").textContent = say("events", { n: total });
  find(".empty").hidden = total > 0;
  find("ol.events").hidden = total === 0;
  clearTimeout(speaking);
  speaking = window.setTimeout(() => (find(".spoken").textContent = say("events", { n: total })), 700);
}

/** Show the event of the address, else the many of its spot, or none. */
async function opened() {
  const { event: id, spot } = state.params;
  if (!id) {
    if (!spot && !card.box.hidden) card.close();
    if (map.pins.length) map.choose([]);
    if (map.area) map.tint(null);
    timeline.doubt = null;
    list.mark(undefined);
    const last = shown;
    shown = "";
    return spot ? gathered(spot, last) : undefined;
  }
  if (id === shown) return;
  shown = id;
  crowd = "";
  const known = await lookUp(id);
  if (!known) return state.set({ event: null }, false);
  if (state.params["event"] !== id) return;
  const full = card.show(known);
  list.mark(id);
  chose(known);
  requestAnimationFrame(() => map.reveal(known.pins, covered()));
  await full;
  detail(id).catch(() => undefined); // the map can do without the exact reach
}
let shown = "";

/** List the events of a spot in the card. @param {string} spot @param {string} last the event whose card is left for the list */
async function gathered(spot, last) {
  const key = `${spot}|${asked(state.params)}`;
  if ((key === crowd && !card.box.hidden) || dragging) return;
  crowd = key;
  const box = boxOf(spot);
  await card.many((from, count) => /** @type {Local} */ (source).rows(state.params, from, count, box), last);
}
let crowd = "";

/** What is known of an event, chosen or not; null for one that is not there. @param {string} id */
async function lookUp(id) {
  return (await /** @type {Local} */ (source).event(id)) ?? (await remote.event(id));
}

/** How much of the map the card lies over, in pixels: beside it in a small frame, from below on a phone. */
function covered() {
  const [own, over] = [map.box.getBoundingClientRect(), card.box.getBoundingClientRect()];
  const wide = Math.min(own.right, over.right) - Math.max(own.left, over.left);
  const high = Math.min(own.bottom, over.bottom) - Math.max(own.top, over.top);
  if (wide <= 0 || high <= 0) return { side: 0, below: 0 };
  return wide < own.width ? { side: wide, below: 0 } : { side: 0, below: Math.min(high, own.height * 0.7) };
}

/** @param {any} known */
function chose(known) {
  const [from, to] = known.span ?? [0, 0];
  timeline.doubt = known.span && to > from ? [from, to + 1] : null;
  timeline.draw();
  map.choose(known.pins);
  room.make();
}

/** Learn how far the places reach, and tint the countries of those that are known no finer. @param {string} id */
async function detail(id) {
  const exact = await remote.event(id);
  if (!exact || state.params["event"] !== id) return;
  map.choose(exact.pins);
  const codes = new Set(exact.pins.filter((/** @type {any} */ pin) => pin.rank === 5).flatMap((/** @type {any} */ pin) => pin.codes.split(",")));
  if (!codes.size) return map.tint(null);
  const areas = await ask("areas", `/events/countries?ids=${encodeURIComponent(id)}&geometry=shape`);
  if (state.params["event"] !== id) return;
  map.tint({ ...areas, features: areas.features.filter((/** @type {any} */ one) => codes.has(one.id) && one.geometry?.type !== "Point") });
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

/** @param {import("./cluster.js").Mark} mark */
function picked(mark) {
  if (mark.count === 1) {
    const { event } = mark;
    const id = typeof event === "number" ? /** @type {Local} */ (source).c.ids[event] : event;
    return state.set({ event: id ?? "", spot: null });
  }
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
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => recolour());
matchMedia("(forced-colors: active)").addEventListener("change", () => recolour());
new MutationObserver(() => recolour()).observe(root, { attributeFilter: ["data-theme"] });

function recolour() {
  map.recolour();
  room.make();
  timeline.draw();
}

/** The page is as high as the window, whatever stands above it. */
function fit() {
  root.style.setProperty("--head", `${find(".page").offsetTop}px`);
}
const above = new ResizeObserver(fit);
for (const part of [find(".band"), trouble]) above.observe(part);

async function begin() {
  await load(state.params);
  root.classList.add("live");
  for (const part of document.querySelectorAll(".play, .dates, .measure:has(option + option), .stage-bars, .inview, .for-list")) /** @type {HTMLElement} */ (part).hidden = false;
  inview.checked = state.params["inview"] === "1";
  await refresh(false);
  const extent = /** @type {Local} */ (source).extent();
  await map.start(extent ? [extent[0], Math.max(-78, Math.min(80, extent[1])), extent[2], Math.max(-78, Math.min(80, extent[3]))] : null, state.params["map"]);
  shade.show(shade.codes);
  if (map.pins.length) map.reveal(map.pins, covered());
  if (state.params["inview"] === "1") await listed();
}

begin().catch((error) => {
  failed(error);
  find(".trouble button").addEventListener("click", () => begin().then(() => (trouble.hidden = true), failed), { once: true });
});

const sharing = find(".sharing");
sharing.hidden = false;
sharing.addEventListener("click", async () => {
  (await import("./share.js")).openShare(location.href, facts.title, facts.root);
});
