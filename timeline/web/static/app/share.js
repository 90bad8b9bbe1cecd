// @ts-check
/** The three ways to put the map into an article, as texts to copy. */

import { say } from "./words.js";

const WIDTH = 800;
const HEIGHT = 560;
// What only the page of today needs: where the list stands and how it was asked for.
const PASSING = ["cursor", "f", "limit"];
const SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox allow-forms";

/**
 * List the ways for a panel: what each is called, what it needs, and the text to copy.
 * @param {string} address
 * @param {string} title
 * @param {string} root
 */
export function ways(address, title, root = "") {
  const made = snippets(address, title, root);
  return [
    { label: say("share_address"), hint: say("share_address_hint"), text: made.address },
    { label: say("share_element"), hint: say("share_element_hint"), text: made.element },
    { label: say("share_frame"), hint: say("share_frame_hint"), text: made.frame },
  ];
}

/**
 * Write the snippets for what an address of the page shows.
 * @param {string} address of the page, whole or framed
 * @param {string} title of the site, the name of the frame
 * @param {string} root path prefix of the site, "" or "/map"
 * @returns {{address: string, element: string, frame: string}} to paste into WordPress, into HTML with our script, and
 *   into HTML without
 */
export function snippets(address, title, root = "") {
  const page = new URL(address);
  for (const name of PASSING) page.searchParams.delete(name);
  page.hash = "";
  page.pathname = `${root}/`;
  const framed = new URL(page);
  framed.pathname = `${root}/embed`;
  const link = `<a href="${escaped(tidy(page))}">${escaped(title)}</a>`;
  const attributes = [...page.searchParams].map(([name, value]) => ` ${name}="${escaped(value)}"`).join("");
  const script = escaped(new URL(`${root}/embed.js`, page).href);
  return {
    address: tidy(page),
    element: `<script type="module" src="${script}"></script>\n<event-map${attributes}>${link}</event-map>`,
    frame:
      `<iframe src="${escaped(tidy(framed))}" title="${escaped(title)}" width="${WIDTH}" height="${HEIGHT}" ` +
      `loading="lazy" sandbox="${SANDBOX}" style="border: 0; max-width: 100%"></iframe>`,
  };
}

/** @param {URL} url */
function tidy(url) {
  return url.href.replaceAll("%2C", ",").replaceAll("%3A", ":").replace(/%2F/g, "/");
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
