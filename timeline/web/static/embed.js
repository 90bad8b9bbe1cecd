// @ts-check
/**
 * The element `event-map`: a lazy <iframe> with a Dateline map, as high as its content needs.
 *
 *   <script type="module" src="https://events.example.org/embed.js"></script>
 *   <event-map country="NL" datetime="2020/2023" lang="ca" theme="dark"><a href="…">The map</a></event-map>
 *
 * Attributes: every filter parameter of the API; `event`, `spot`, `map`, `inview`, `measure`, `theme`, `lang` as in the
 * page's address; `src` (a Dateline site, or any address of its page; by default where this script comes from), `height`
 * in pixels (fixed; without it the content's) and `label` (name of the frame for screen readers). The element's own
 * content is shown until the map answers, and stays if it never does.
 */

const SCRIPT_URL = import.meta.url;
// A test compares both lists with the server's table of parameters.
const FILTER_NAMES = [
  "bbox", "unplaced", "datetime", "match", "undated", "category", "country", "tag", "verification", "q", "near",
  "radius", "within", "precision", "min_precision", "filter", "filter-lang", "ids",
];
const PAGE_NAMES = ["sortby", "event", "spot", "map", "inview", "measure", "theme", "lang"];
/** @type {Record<string, string>} */
const LABELS = {
  en: "Map and timeline",
  ca: "Mapa i línia del temps",
  es: "Mapa y línea de tiempo",
  fr: "Carte et frise chronologique",
  ar: "خريطة وخط زمني",
};
const DEFAULT_HEIGHT = 560; // pixels
const MIN_HEIGHT = 200;
const MAX_HEIGHT = 1000;

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
  static observedAttributes = [...FILTER_NAMES, ...PAGE_NAMES, "src", "height", "label"];

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [STYLE];
    this.box = document.createElement("div");
    this.box.append(document.createElement("slot"));
    shadow.append(this.box);
    /** @type {HTMLIFrameElement | null} */
    this.frame = null;
    this.willDraw = false;
    this.receive = this.receive.bind(this);
  }

  connectedCallback() {
    addEventListener("message", this.receive);
    this.draw();
  }

  disconnectedCallback() {
    removeEventListener("message", this.receive);
    this.removeFrame();
  }

  attributeChangedCallback() {
    if (this.willDraw || !this.isConnected) return;
    this.willDraw = true; // attributes set one after the other load the frame once
    queueMicrotask(() => {
      this.willDraw = false;
      if (this.isConnected) this.draw();
    });
  }

  /** The language of the attribute, else that of the surrounding text if the map has it, else "". */
  get language() {
    const chosen = this.getAttribute("lang");
    if (chosen) return chosen;
    const surrounding = this.parentElement?.closest("[lang]")?.getAttribute("lang")?.toLowerCase().split("-")[0] ?? "";
    return surrounding in LABELS ? surrounding : "";
  }

  /** The height of the attribute in pixels; 0 for none. */
  get fixedHeight() {
    return Math.max(0, parseInt(this.getAttribute("height") ?? "", 10) || 0);
  }

  /** The address of the frame; null if `src` is not a web address. */
  get address() {
    const src = this.getAttribute("src") ?? ".";
    const url = URL.canParse(src, SCRIPT_URL) ? new URL(src, SCRIPT_URL) : null;
    if (!url || !/^https?:$/.test(url.protocol)) return null;
    url.pathname = `${url.pathname.replace(/\/+$/, "").replace(/\/embed$/, "")}/embed`;
    for (const name of [...FILTER_NAMES, ...PAGE_NAMES]) {
      const value = this.getAttribute(name);
      if (value) url.searchParams.set(name, value);
    }
    if (this.language && !url.searchParams.has("lang")) url.searchParams.set("lang", this.language);
    url.hash = "";
    return url.href;
  }

  draw() {
    const { address } = this;
    if (!address) return this.removeFrame();
    const frame = this.frame ?? document.createElement("iframe");
    const language = this.language.split("-")[0] ?? "";
    frame.title = this.getAttribute("label") || LABELS[language] || LABELS["en"] || "";
    frame.height = String(this.fixedHeight || Number(frame.height) || DEFAULT_HEIGHT);
    if (frame.src !== address) {
      frame.loading = "lazy";
      // Without allow-same-origin: the map needs neither storage nor cookies, and has no access to the page around it.
      frame.setAttribute("sandbox", "allow-scripts allow-popups allow-popups-to-escape-sandbox allow-forms");
      frame.allow = "fullscreen";
      frame.src = address;
    }
    if (!this.frame) this.box.append(frame);
    this.frame = frame;
  }

  removeFrame() {
    this.frame?.remove();
    this.frame = null;
    this.box.className = "";
  }

  /** Take the height that the map sends. @param {MessageEvent} event */
  receive(event) {
    if (!this.frame || event.source !== this.frame.contentWindow) return;
    if (event.data?.type !== "dateline:height" || !Number.isFinite(event.data.height)) return;
    this.box.className = "alive";
    if (!this.fixedHeight) this.frame.height = String(Math.min(MAX_HEIGHT, Math.max(MIN_HEIGHT, Math.ceil(event.data.height))));
  }
}

if (!customElements.get("event-map")) customElements.define("event-map", EventMap);
