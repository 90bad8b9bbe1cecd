// @ts-check
/** The three ways to put the map into an article, as texts to copy, and the panel that shows them. */

import { translate, lang } from "../shared/messages.js";

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
    { label: translate("share_address"), hint: translate("share_address_hint"), text: made.address },
    { label: translate("share_element"), hint: translate("share_element_hint"), text: made.element },
    { label: translate("share_frame"), hint: translate("share_frame_hint"), text: made.frame },
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

/**
 * Open the panel; Escape and its button close it, and the focus goes back to where it was.
 * @param {string} address @param {string} title @param {string} root as for `snippets`
 */
export function openShare(address, title, root = "") {
  const shown = new URL(address);
  if (!shown.searchParams.has("lang")) shown.searchParams.set("lang", (lang).split("-")[0] ?? "en");
  const panel = made("dialog", { className: "share" });
  panel.setAttribute("aria-labelledby", "share-title");
  const said = made("p", { className: "share-said", role: "status" });
  const close = made("button", { type: "button", textContent: translate("close") });
  close.addEventListener("click", () => panel.close());
  panel.append(
    made("h2", { id: "share-title", textContent: translate("share") }),
    made("p", { textContent: translate("share_intro") }),
    ...ways(shown.href, title, root).map((way, index) => row(way, index, said)),
    said,
    close,
  );
  panel.addEventListener("close", () => panel.remove());
  document.body.append(panel);
  panel.showModal();
}

/**
 * @param {{label: string, hint: string, text: string}} way
 * @param {number} index
 * @param {HTMLElement} said
 */
function row(way, index, said) {
  const field = made("textarea", { id: `share-${index}`, readOnly: true, value: way.text, dir: "ltr", rows: index ? 3 : 1 });
  field.setAttribute("aria-describedby", `share-hint-${index}`);
  const button = made("button", { type: "button", textContent: translate("copy") });
  button.setAttribute("aria-label", `${translate("copy")}: ${way.label}`);
  button.addEventListener("click", async () => {
    field.select();
    if (await copied(way.text)) said.textContent = translate("copied");
  });
  const box = made("div", { className: "share-way" });
  box.append(
    made("label", { htmlFor: field.id, textContent: way.label }),
    made("p", { id: `share-hint-${index}`, className: "hint", textContent: way.hint }),
    field,
    button,
  );
  return box;
}

/**
 * Copy a text; a frame may be refused the clipboard, where the older way copies what is selected.
 * @param {string} text
 */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, unknown>} properties
 * @returns {HTMLElementTagNameMap[T]}
 */
function made(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
