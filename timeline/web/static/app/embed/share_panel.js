// @ts-check
/** The Share panel: three snippets that put the map into an article, to be copied. */

import { lang, translate } from "../shared/messages.js";

const FRAME_WIDTH = 800; // pixels
const FRAME_HEIGHT = 560;
const NOT_SHARED = ["cursor", "f", "limit"]; // parameters of a page of the list
const SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox allow-forms";

/** @typedef {{label: string, hint: string, text: string}} Snippet its name, what it needs, and the text to copy */

/** Return the snippets with their labels in the page's language. @param {string} address @param {string} title @param {string} root as for `snippets` @returns {Snippet[]} */
function labelledSnippets(address, title, root = "") {
  const { address: link, element, frame } = snippets(address, title, root);
  return [
    { label: translate("share_address"), hint: translate("share_address_hint"), text: link },
    { label: translate("share_element"), hint: translate("share_element_hint"), text: element },
    { label: translate("share_frame"), hint: translate("share_frame_hint"), text: frame },
  ];
}

/**
 * Return the snippets for what an address of the page shows.
 * @param {string} address of the page, whole or framed
 * @param {string} title of the site, which names the frame
 * @param {string} root path prefix of the site, "" or "/map"
 * @returns {{address: string, element: string, frame: string}} for WordPress, for HTML with the script, and for HTML without
 */
export function snippets(address, title, root = "") {
  const page = new URL(address);
  for (const name of NOT_SHARED) page.searchParams.delete(name);
  page.hash = "";
  page.pathname = `${root}/`;
  const framed = new URL(page);
  framed.pathname = `${root}/embed`;
  const link = `<a href="${escapeHtml(readable(page))}">${escapeHtml(title)}</a>`;
  const attributes = [...page.searchParams].map(([name, value]) => ` ${name}="${escapeHtml(value)}"`).join("");
  const script = escapeHtml(new URL(`${root}/embed.js`, page).href);
  return {
    address: readable(page),
    element: `<script type="module" src="${script}"></script>\n<event-map${attributes}>${link}</event-map>`,
    frame:
      `<iframe src="${escapeHtml(readable(framed))}" title="${escapeHtml(title)}" width="${FRAME_WIDTH}" height="${FRAME_HEIGHT}" ` +
      `loading="lazy" sandbox="${SANDBOX}" style="border: 0; max-width: 100%"></iframe>`,
  };
}

/** Return an address without needless percent signs. @param {URL} url */
function readable(url) {
  return url.href.replaceAll("%2C", ",").replaceAll("%3A", ":").replace(/%2F/g, "/");
}

/** @param {string} text */
function escapeHtml(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** Open the panel. Escape or its button closes it, and the focus returns to where it was. @param {string} address @param {string} title @param {string} root as for `snippets` */
export function openShare(address, title, root = "") {
  const shared = new URL(address);
  if (!shared.searchParams.has("lang")) shared.searchParams.set("lang", lang.split("-")[0] ?? "en");
  const panel = make("dialog", { className: "share" });
  panel.setAttribute("aria-labelledby", "share-title");
  const status = make("p", { className: "share-status", role: "status" });
  const close = make("button", { type: "button", textContent: translate("close") });
  close.addEventListener("click", () => panel.close());
  panel.append(
    make("h2", { id: "share-title", textContent: translate("share") }),
    make("p", { textContent: translate("share_intro") }),
    ...labelledSnippets(shared.href, title, root).map((snippet, index) => makeSnippet(snippet, index, status)),
    status,
    close,
  );
  panel.addEventListener("close", () => panel.remove());
  document.body.append(panel);
  panel.showModal();
}

/** @param {Snippet} snippet @param {number} index @param {HTMLElement} status element that reports that the text was copied */
function makeSnippet(snippet, index, status) {
  const field = make("textarea", { id: `share-${index}`, readOnly: true, value: snippet.text, dir: "ltr", rows: index ? 3 : 1 });
  field.setAttribute("aria-describedby", `share-hint-${index}`);
  const button = make("button", { type: "button", textContent: translate("copy") });
  button.setAttribute("aria-label", `${translate("copy")}: ${snippet.label}`);
  button.addEventListener("click", async () => {
    field.select();
    if (await copy(snippet.text)) status.textContent = translate("copied");
  });
  const box = make("div", { className: "share-way" });
  box.append(
    make("label", { htmlFor: field.id, textContent: snippet.label }),
    make("p", { id: `share-hint-${index}`, className: "hint", textContent: snippet.hint }),
    field,
    button,
  );
  return box;
}

/** Copy a text. In a frame without access to the clipboard, the older command copies the selection. @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}

/**
 * Return an element with properties.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Record<string, unknown>} properties @returns {HTMLElementTagNameMap[T]}
 */
function make(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
