// @ts-check
/** The review page: editors sign in, see the review queue, and change one event at a time through the public API. */

import { facts, lang, translate } from "../shared/messages.js";
import { Api, Problem } from "./api.js";
import { EventForm } from "./event_form.js";

/** @param {string} selector @returns {any} */
const find = (selector) => document.querySelector(selector);

class Desk {
  constructor() {
    this.api = new Api();
    this.part = /** @type {HTMLElement} */ (find(".part"));
    this.trouble = /** @type {HTMLElement} */ (find(".trouble"));
    this.status = /** @type {HTMLElement} */ (find(".outcome"));
    this.signInForm = /** @type {HTMLFormElement | null} */ (find(".sign-in"));
    this.signOutButton = /** @type {HTMLElement | null} */ (find(".sign-out"));
    this.turn = 0; // of `show`: an answer to an earlier one is not drawn
  }

  start() {
    this.signInForm?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.signIn();
    });
    this.signOutButton?.addEventListener("click", () => {
      this.status.textContent = translate("desk_signed_out");
      this.askForKey();
    });
    window.addEventListener("hashchange", () => this.show());
    if (this.api.key || facts.signed_in) this.show();
    else this.askForKey();
  }

  /** Forget the key, and show the form that asks for one. */
  askForKey() {
    this.api.forgetKey();
    this.part.replaceChildren();
    this.showSignIn(true);
    this.signInForm?.querySelector("input")?.focus();
  }

  /** @param {boolean} isSignedOut */
  showSignIn(isSignedOut) {
    if (this.signInForm) this.signInForm.hidden = !isSignedOut;
    if (this.signOutButton) this.signOutButton.hidden = isSignedOut;
  }

  async signIn() {
    const field = /** @type {HTMLInputElement} */ (this.signInForm?.elements.namedItem("key"));
    this.api.key = field.value.trim();
    this.trouble.hidden = true;
    await this.show();
    if (!this.api.key) return; // the server refused it
    field.value = "";
    this.api.saveKey();
  }

  /** @param {unknown} error */
  fail(error) {
    this.trouble.textContent = error instanceof Problem ? error.message : translate("failed");
    this.trouble.hidden = false;
    if (error instanceof Problem && error.status === 401) this.askForKey();
  }

  /** Return the path of what the address names behind its #: a page of one kind of the queue, or an event. */
  path() {
    const [view = "", page] = decodeURI(location.hash.slice(1)).split("/");
    if (view === "event") return `/review/events/${location.hash.slice("#event/".length)}?lang=${lang}`;
    const kind = /^(review|draft|places)$/.test(view) ? `kind=${view}&` : ""; // else the server takes the first kind that is not empty
    return `/review/queue?${kind}page=${Number(page) || 1}&lang=${lang}`;
  }

  /** Show what the address names. */
  async show() {
    const turn = ++this.turn;
    const path = this.path();
    try {
      const response = await this.api.request(path, { accept: "text/html" });
      const { body } = new DOMParser().parseFromString(await response.text(), "text/html");
      if (turn !== this.turn) return;
      this.trouble.hidden = true;
      this.showSignIn(false);
      this.part.replaceChildren(...document.importNode(body, true).childNodes);
      this.part.querySelector("h2")?.focus();
      if (path.startsWith("/review/events/")) this.openForm();
    } catch (error) {
      if (turn === this.turn) this.fail(error);
    }
  }

  openForm() {
    new EventForm(this.part, this.api, {
      onSave: async (message) => {
        await this.show();
        this.status.textContent = message;
      },
      onDelete: (message) => {
        location.hash = "#review";
        this.status.textContent = message;
      },
      onError: (error) => this.fail(error),
      onConflict: (...content) => {
        this.trouble.replaceChildren(...content);
        this.trouble.hidden = !content.length;
      },
    });
  }
}

new Desk().start();
