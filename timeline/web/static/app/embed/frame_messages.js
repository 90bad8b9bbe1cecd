// @ts-check
/**
 * The page in somebody's frame: tells the page around it how high it would like to be, and opens links where the
 * frame may open none.
 *
 * Two protocols for the height, both by postMessage: WordPress's `{message: "height", value, secret}` with the secret
 * that it put behind the `#`, and our own `{type: "dateline:height", height}`. The height is what the style says for
 * the width (`--frame-height`), never what the frame has now: a page as high as its frame could not shrink.
 *
 * Works under `sandbox="allow-scripts"` alone: nothing is stored, nothing is read from the page around.
 */

import { translate } from "../shared/messages.js";

const LOWEST = 200; // WordPress cuts what is below and above
const HIGHEST = 1000;
const SECRET = /[#?&]secret=([A-Za-z0-9]{1,64})(?:&|$)/;

/** Give the height in pixels that the page would like to have, 200 to 1000. */
export function wanted() {
  const said = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--frame-height"));
  const height = said > 0 ? said : document.body.getBoundingClientRect().height;
  return Math.ceil(Math.min(HIGHEST, Math.max(LOWEST, height)));
}

/**
 * Read WordPress's secret from the part of an address behind the `#`; "" for none, or for one with other signs.
 * @param {string} hash
 */
export function secretOf(hash) {
  return SECRET.exec(hash)?.[1] ?? "";
}

function tell() {
  const height = wanted();
  const secret = secretOf(location.hash);
  if (secret) parent.postMessage({ message: "height", value: height, secret }, "*");
  parent.postMessage({ type: "dateline:height", height }, "*");
}

/** @param {MessageEvent} event */
function asked(event) {
  if (event.source !== parent || typeof event.data !== "object" || event.data === null) return;
  const { message, type, secret } = event.data;
  if (type === "dateline:ready" || (message === "ready" && secret === secretOf(location.hash))) tell();
}

/**
 * Open a link that leads elsewhere outside the frame: in a new tab, else by WordPress, else show its address.
 * @param {MouseEvent} event
 */
function opened(event) {
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || event.button) return;
  const filter = link.host === location.host && link.pathname === location.pathname;
  if (filter || !/^https?:$/.test(link.protocol)) return;
  event.preventDefault();
  // The whole page shows what the frame shows by now, which its address says.
  if (link.matches(".masthead a[target=_blank]")) link.search = location.search;
  const tab = window.open(link.href, "_blank"); // null where the sandbox has no allow-popups
  if (tab) {
    try {
      tab.opener = null;
    } catch {
      // already elsewhere
    }
    return;
  }
  const secret = secretOf(location.hash);
  if (secret && link.host === location.host) parent.postMessage({ message: "link", value: link.href, secret }, "*");
  else show(link.href);
}

/**
 * Show an address that this frame may not open, to be copied.
 * @param {string} href
 */
function show(href) {
  const dialog = document.createElement("dialog");
  dialog.className = "address";
  const label = document.createElement("label");
  label.textContent = translate("frame_blocked");
  const field = document.createElement("input");
  field.readOnly = true;
  field.dir = "ltr";
  field.value = href;
  label.append(field);
  const close = document.createElement("button");
  close.textContent = translate("close");
  close.addEventListener("click", () => dialog.close());
  dialog.append(label, close);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  field.select();
}

if (parent !== window) {
  addEventListener("message", asked);
  addEventListener("hashchange", tell);
  addEventListener("load", tell);
  // The width decides; a change of height alone is our own doing, and asks for nothing new.
  let width = -1;
  new ResizeObserver(() => {
    if (innerWidth !== width) tell();
    width = innerWidth;
  }).observe(document.documentElement);
  addEventListener("click", opened); // after the page's own listeners, which may have taken the click
}
