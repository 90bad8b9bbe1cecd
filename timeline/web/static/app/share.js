// @ts-check
/** The three ways to put the map into an article, as texts to copy. */

const WIDTH = 800;
const HEIGHT = 560;
// What only the page of today needs: where the list stands and how it was asked for.
const PASSING = ["cursor", "f", "limit"];
const SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox allow-forms";

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
