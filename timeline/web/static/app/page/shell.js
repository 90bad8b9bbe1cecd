// @ts-check
/** What surrounds the views: the loading bar, the font of titles, the Share panel, the skip link, the height of the page, the theme. */

import { watchBusy } from "../shared/fetch.js";
import { facts } from "../shared/messages.js";

const root = document.documentElement;

/** Return an element that every page of events has. @param {string} selector @param {ParentNode} [parent] */
export const find = (selector, parent = document) => /** @type {HTMLElement} */ (parent.querySelector(selector));

/** Hide an element; if it has the focus, the events get it. @param {HTMLElement} element */
export function hide(element) {
  const hadFocus = element.contains(document.activeElement);
  element.hidden = true;
  if (hadFocus) find("#content").focus({ preventScroll: true });
}

export class Shell {
  /** @param {{onThemeChange: () => void, onError: (error: unknown) => void}} events @param {AbortSignal} signal ends the listeners */
  constructor({ onThemeChange, onError }, signal) {
    const bar = find(".loading");
    watchBusy((busy) => (bar.hidden = !busy));
    this.watchTheme(onThemeChange, signal);
    this.watchHeight(signal);
    this.listenForList(signal);
    this.loadTitleFont();
    this.offerShare(onError, signal);
  }

  /** Call a function when the theme or forced colours change. @param {() => void} onChange @param {AbortSignal} signal */
  watchTheme(onChange, signal) {
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
      matchMedia(query).addEventListener("change", () => onChange(), { signal });
    }
    const observer = new MutationObserver(() => onChange());
    observer.observe(root, { attributeFilter: ["data-theme"] });
    signal.addEventListener("abort", () => observer.disconnect());
  }

  /** Make the page as high as the window less what is above the page. @param {AbortSignal} signal */
  watchHeight(signal) {
    const observer = new ResizeObserver(() => root.style.setProperty("--head", `${find(".page").offsetTop}px`));
    for (const element of [find(".band"), find(".trouble")]) observer.observe(element);
    signal.addEventListener("abort", () => observer.disconnect());
  }

  /** In a small frame the list is folded: a button unfolds it, and so does the skip link to it. @param {AbortSignal} signal */
  listenForList(signal) {
    const button = find(".for-list");
    button.addEventListener("click", () => {
      const isShown = document.body.classList.toggle("show-list");
      button.setAttribute("aria-pressed", String(isShown));
    }, { signal });
    find("a.skip").addEventListener("click", () => find("#content").offsetParent ?? button.click(), { signal });
  }

  /** Load the font of titles after the page: it is larger than everything that readers need first. */
  loadTitleFont() {
    const load = () => {
      const sheet = document.createElement("link");
      sheet.rel = "stylesheet";
      sheet.href = `${facts.assets}/titles.css`;
      document.head.append(sheet);
    };
    if (document.readyState === "complete") load();
    else addEventListener("load", load, { once: true });
  }

  /** @param {(error: unknown) => void} onError @param {AbortSignal} signal */
  offerShare(onError, signal) {
    const button = find(".sharing");
    button.hidden = false;
    button.addEventListener("click", () => {
      import("../embed/share_panel.js").then(({ openShare }) => openShare(location.href, facts.title, facts.root)).catch(onError);
    }, { signal });
  }
}
