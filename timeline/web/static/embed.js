// @ts-check
/**
 * The element `event-map`: a lazy frame with a Dateline map, as high as its content wants to be.
 *
 *   <script type="module" src="https://events.example.org/embed.js"></script>
 *   <event-map country="NL" datetime="2020/2023" lang="ca" theme="dark"><a href="…">The map</a></event-map>
 *
 * Attributes: every filter parameter of the API; `event`, `spot`, `map`, `inview`, `measure`, `theme`, `lang` as in the page's
 * address; `src` (a Dateline site, or any address of its page; by default where this script comes from), `height` in
 * pixels (fixed; without it the content's) and `label` (name of the frame for screen readers). What the element holds
 * is shown until the map answers, and stays if it never does.
 */

const HERE = import.meta.url;
const FILTER = [
  "bbox", "unplaced", "datetime", "match", "undated", "category", "country", "tag", "q", "near", "radius", "within",
  "precision", "filter", "filter-lang", "ids",
];
const SCENE = ["sortby", "event", "spot", "map", "inview", "measure", "theme", "lang"];
/** @type {Record<string, string>} */
const LABELS = {
  en: "Map and timeline",
  ca: "Mapa i línia del temps",
  es: "Mapa y línea de tiempo",
  fr: "Carte et frise chronologique",
  ar: "خريطة وخط زمني",
};
const HEIGHT = 560;
const LOWEST = 200;
const HIGHEST = 1000;

const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
  :host { display: grid; }
  :host([hidden]) { display: none; }
  iframe, slot { grid-area: 1 / 1; min-width: 0; }
  iframe { display: block; width: 100%; border: 0; opacity: 0; }
  slot { display: block; }
  .alive iframe { opacity: 1; }
  .alive slot { display: none; }
  div { display: grid; }
`);

class EventMap extends HTMLElement {
  static observedAttributes = [...FILTER, ...SCENE, "src", "height", "label"];

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [STYLE];
    this.box = document.createElement("div");
    this.box.append(document.createElement("slot"));
    shadow.append(this.box);
    /** @type {HTMLIFrameElement | null} */
    this.frame = null;
    this.asked = false;
    this.heard = this.heard.bind(this);
  }

  connectedCallback() {
    addEventListener("message", this.heard);
    this.draw();
  }

  disconnectedCallback() {
    removeEventListener("message", this.heard);
    this.frame?.remove();
    this.frame = null;
    this.box.className = "";
  }

  attributeChangedCallback() {
    if (this.asked || !this.isConnected) return;
    this.asked = true; // several attributes set in a row make one frame
    queueMicrotask(() => {
      this.asked = false;
      if (this.isConnected) this.draw();
    });
  }

  /** The language of the attribute, else that of the text around, if the map speaks it. */
  get language() {
    const chosen = this.getAttribute("lang");
    if (chosen) return chosen;
    const around = this.parentElement?.closest("[lang]")?.getAttribute("lang")?.toLowerCase().split("-")[0] ?? "";
    return around in LABELS ? around : "";
  }

  /** The address of the frame; null where `src` is no web address. */
  get address() {
    const url = URL.canParse(this.getAttribute("src") ?? ".", HERE)
      ? new URL(this.getAttribute("src") ?? ".", HERE)
      : null;
    if (!url || !/^https?:$/.test(url.protocol)) return null;
    url.pathname = `${url.pathname.replace(/\/+$/, "").replace(/\/embed$/, "")}/embed`;
    for (const name of [...FILTER, ...SCENE]) {
      const value = this.getAttribute(name);
      if (value) url.searchParams.set(name, value);
    }
    if (this.language && !url.searchParams.has("lang")) url.searchParams.set("lang", this.language);
    url.hash = "";
    return url.href;
  }

  draw() {
    const address = this.address;
    if (!address) {
      this.frame?.remove();
      this.frame = null;
      this.box.className = "";
      return;
    }
    const frame = this.frame ?? document.createElement("iframe");
    const fixed = parseInt(this.getAttribute("height") ?? "", 10);
    const language = this.language.split("-")[0] ?? "";
    frame.title = this.getAttribute("label") || LABELS[language] || LABELS["en"] || "";
    frame.height = String(fixed > 0 ? fixed : Number(frame.height) || HEIGHT);
    if (frame.src !== address) {
      frame.loading = "lazy";
      // No allow-same-origin: the map needs neither storage nor cookies, and may not reach the page around it.
      frame.setAttribute("sandbox", "allow-scripts allow-popups allow-popups-to-escape-sandbox allow-forms");
      frame.allow = "fullscreen";
      frame.src = address;
    }
    if (!this.frame) this.box.append(frame);
    this.frame = frame;
  }

  /** @param {MessageEvent} event */
  heard(event) {
    if (!this.frame || event.source !== this.frame.contentWindow) return;
    if (event.data?.type !== "dateline:height" || !Number.isFinite(event.data.height)) return;
    this.box.className = "alive";
    if (parseInt(this.getAttribute("height") ?? "", 10) > 0) return;
    this.frame.height = String(Math.min(HIGHEST, Math.max(LOWEST, Math.ceil(event.data.height))));
  }
}

if (!customElements.get("event-map")) customElements.define("event-map", EventMap);
