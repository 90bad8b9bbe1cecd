// @ts-check
/** Requests to the editing API with the key of the signed-in editor. */

import { facts, translate } from "../shared/messages.js";

const STORAGE_NAME = "dateline:key";

/** @typedef {{method?: string, body?: unknown, match?: string, accept?: string}} Options `match`: the ETag that the event must have */

/** Raised for a response that is a problem (RFC 9457). */
export class Problem extends Error {
  /** @param {number} status @param {any} body */
  constructor(status, body) {
    super(body.detail ?? translate("failed"));
    this.status = status;
    this.body = body;
  }
}

/** Use the tab's storage; where the browser refuses it, the key lives as long as the page. @param {() => string | null | void} use @returns {string} */
function inStorage(use) {
  try {
    return use() ?? "";
  } catch {
    return "";
  }
}

export class Api {
  constructor() {
    this.key = inStorage(() => sessionStorage.getItem(STORAGE_NAME));
  }

  /** Keep the key until the tab is closed. */
  saveKey() {
    inStorage(() => sessionStorage.setItem(STORAGE_NAME, this.key));
  }

  forgetKey() {
    this.key = "";
    inStorage(() => sessionStorage.removeItem(STORAGE_NAME));
  }

  /** Send a request, and return its response; raise Problem if it fails. @param {string} path below the site's root @param {Options} [options] */
  async request(path, { method = "GET", body, match, accept = "application/json" } = {}) {
    /** @type {Record<string, string>} */
    const headers = { Accept: accept };
    if (this.key) headers["Authorization"] = `Bearer ${this.key}`;
    if (match) headers["If-Match"] = match;
    if (body !== undefined) headers["Content-Type"] = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const response = await fetch(facts.root + path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
    if (response.ok) return response;
    throw new Problem(response.status, await response.json().catch(() => ({})));
  }
}
