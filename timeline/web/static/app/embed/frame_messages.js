// @ts-check
/**
 * The page in an <iframe>: sends the page around it the height that the frame should have, and opens links that a
 * sandbox blocks.
 *
 * Two protocols, both by postMessage: WordPress's `{message: "height", value, secret}`, with the secret that it puts
 * behind the `#` of the address, and Dateline's own `{type: "dateline:height", height}`. The height comes from the style
 * sheet (`--frame-height`), which depends on the width alone: a page as high as its frame could never shrink.
 *
 * Works under `sandbox="allow-scripts"` alone: it stores nothing, and reads nothing from the page around it.
 */

import { translate } from "../shared/messages.js";

const MIN_HEIGHT = 200; // pixels; WordPress limits heights to the same range
const MAX_HEIGHT = 1000;
const SECRET = /[#?&]secret=([A-Za-z0-9]{1,64})(?:&|$)/;

/** Return the height in pixels that the frame should have, 200 to 1000. */
function frameHeight() {
  const styled = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--frame-height"));
  const height = styled > 0 ? styled : document.body.getBoundingClientRect().height;
  return Math.ceil(Math.min(MAX_HEIGHT, Math.max(MIN_HEIGHT, height)));
}

/** Return WordPress's secret; "" if there is none, or if it has characters that WordPress never uses. @param {string} hash of the address */
function secretOf(hash) {
  return SECRET.exec(hash)?.[1] ?? "";
}

function sendHeight() {
  const height = frameHeight();
  const secret = secretOf(location.hash);
  if (secret) parent.postMessage({ message: "height", value: height, secret }, "*");
  parent.postMessage({ type: "dateline:height", height }, "*");
}

/** Send the height again when the page around asks for it. @param {MessageEvent} event */
function receive(event) {
  if (event.source !== parent || typeof event.data !== "object" || event.data === null) return;
  const { message, type, secret } = event.data;
  if (type === "dateline:ready" || (message === "ready" && secret === secretOf(location.hash))) sendHeight();
}

/** Open a link that leads elsewhere: in a new tab, else by WordPress, else show its address. @param {MouseEvent} event */
function openLink(event) {
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || event.button) return;
  const changesFilter = link.host === location.host && link.pathname === location.pathname;
  if (changesFilter || !/^https?:$/.test(link.protocol)) return;
  event.preventDefault();
  // The link to the whole page shows what the frame shows now.
  if (link.matches(".masthead a[target=_blank]")) link.search = location.search;
  const tab = window.open(link.href, "_blank"); // null if the sandbox has no allow-popups
  if (tab) {
    try {
      tab.opener = null;
    } catch {
      // The tab has loaded another site already, which has no access to its opener.
    }
    return;
  }
  const secret = secretOf(location.hash);
  if (secret && link.host === location.host) parent.postMessage({ message: "link", value: link.href, secret }, "*");
  else showAddress(link.href);
}

/** Show an address that the frame may not open, so that it can be copied. @param {string} href */
function showAddress(href) {
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

function start() {
  addEventListener("message", receive);
  addEventListener("hashchange", sendHeight);
  addEventListener("load", sendHeight);
  // Only another width needs another height: a change of the height alone is the answer to a message.
  let width = -1;
  new ResizeObserver(() => {
    if (innerWidth !== width) sendHeight();
    width = innerWidth;
  }).observe(document.documentElement);
  addEventListener("click", openLink); // on the window, after the page's own listeners, which may have handled the click
}

if (parent !== window) start();
