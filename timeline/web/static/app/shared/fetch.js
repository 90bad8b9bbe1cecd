// @ts-check
/** Requests to the server. Requests have names, and a later request cancels an earlier one with the same name. */

import { facts } from "./messages.js";

const TIMEOUT_MS = 20000;
const ACCEPT = { json: "application/json", text: "text/html", arrayBuffer: "*/*" };
/** @type {Map<string, AbortController>} */
const controllers = new Map();
let openRequests = 0;
/** @type {(busy: boolean) => void} */
let onBusy = () => undefined;

/** Raised when a later request of the same name replaced this one. */
export class Superseded extends Error {}

/** Raised for a 400: the message says what is wrong with the request, with an example. */
export class BadRequest extends Error {}

/** Raised for a 404 or 410: readers may not see the event, or no longer. */
export class NotFound extends Error {}

/** Call a function when the first request is sent, and when the last one is answered. @param {(busy: boolean) => void} listener */
export function watchBusy(listener) {
  onBusy = listener;
}

/** Cancel a request if it is open. @param {string} name */
export function cancel(name) {
  controllers.get(name)?.abort(new Superseded());
}

/**
 * Return the body of a response. Raises Superseded, BadRequest, NotFound, or Error for other failures.
 * @param {string} name of the request @param {string} path below the site's root
 * @param {"json" | "text" | "arrayBuffer"} [kind] of the body @returns {Promise<any>}
 */
export async function request(name, path, kind = "json") {
  cancel(name);
  const controller = new AbortController();
  controllers.set(name, controller);
  const timer = setTimeout(() => controller.abort(new Error("slow")), TIMEOUT_MS);
  if (openRequests++ === 0) onBusy(true);
  try {
    const response = await fetch(facts.root + path, { signal: controller.signal, headers: { Accept: ACCEPT[kind] } });
    if (response.status === 400) throw new BadRequest(problemText(await response.json()));
    if (response.status === 404 || response.status === 410) throw new NotFound(String(response.status));
    if (!response.ok) throw new Error(String(response.status));
    return await response[kind]();
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
    if (controllers.get(name) === controller) controllers.delete(name);
    if (--openRequests === 0) onBusy(false);
  }
}

/** Return the text of an RFC 9457 problem. @param {{detail: string, example?: string}} problem */
const problemText = ({ detail, example }) => (example ? `${detail} (${example})` : detail);
