// @ts-check
/** A row of the list: a link with the marker of its category, the date and the title. */

import { facts } from "../shared/messages.js";

/** @typedef {import("../data/types.js").Row} Row */

const SVG = "http://www.w3.org/2000/svg";

/** Return the label of a category in the page's language. @param {string} slug */
export const categoryLabel = (slug) => facts.categories.find((category) => category.slug === slug)?.label ?? slug;

/** Return the path of an event's own page, below the site's root. @param {string} id */
export const eventPath = (id) => `/collections/events/items/${encodeURIComponent(id)}?f=html`;

/** Return the marker of a category, a symbol of the sprite in the page. @param {string} slug */
export function makeMarker(slug) {
  const position = facts.categories.findIndex((category) => category.slug === slug);
  const marker = document.createElementNS(SVG, "svg");
  marker.setAttribute("class", "marker");
  marker.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#m${position + 1}`);
  marker.append(use);
  return marker;
}

/** @param {string} className @param {string} text */
function makeSpan(className, text) {
  const span = document.createElement("span");
  span.className = className;
  span.textContent = text;
  return span;
}

/** Return a row. @param {Row} row @param {string} [openId] event whose card is open */
export function makeRow(row, openId) {
  const item = document.createElement("li");
  item.className = "event";
  item.dataset["id"] = row.id;
  const link = document.createElement("a");
  link.className = "row";
  link.href = facts.root + eventPath(row.id);
  if (row.id === openId) link.setAttribute("aria-current", "true");
  const title = makeSpan("title", row.title);
  title.dir = "auto";
  link.append(makeMarker(row.category), makeSpan("date", row.date), makeSpan("unseen", `${categoryLabel(row.category)}: `), title);
  item.append(link);
  return item;
}
