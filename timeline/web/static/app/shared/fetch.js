// @ts-check
/** Asks the server; of several questions of one kind only the last is answered. */

import { facts } from "./messages.js";

const PATIENCE = 20000;
/** @type {Map<string, AbortController>} */
const asking = new Map();
let open = 0;

/** A question that a later one made needless. */
export class Overtaken extends Error {}

/** A question that the server understood, and has no answer to: the message says what was wrong with it, with an example. */
export class Refused extends Error {}

/** A question about an event that readers may no longer see. */
export class Gone extends Error {}

/** Told when the number of open questions becomes some or none. @type {{busy: (open: boolean) => void}} */
export const told = { busy: () => undefined };

/** Give up a question, if it is open. @param {string} name */
export function drop(name) {
  asking.get(name)?.abort(new Overtaken());
}

/**
 * Ask for JSON (or, with `kind`, text or bytes); raise Overtaken for a question that a later one of its name replaces.
 * @param {string} name @param {string} path @param {"json" | "text" | "arrayBuffer"} [kind] @returns {Promise<any>}
 */
export async function ask(name, path, kind = "json") {
  drop(name);
  const abort = new AbortController();
  asking.set(name, abort);
  const timer = setTimeout(() => abort.abort(new Error("slow")), PATIENCE);
  if (open++ === 0) told.busy(true);
  try {
    const accept = { json: "application/json", text: "text/html", arrayBuffer: "*/*" }[kind];
    const answer = await fetch(facts.root + path, { signal: abort.signal, headers: { Accept: accept } });
    if (answer.status === 400) throw new Refused(explained(await answer.json()));
    if (answer.status === 404 || answer.status === 410) throw new Gone(String(answer.status));
    if (!answer.ok) throw new Error(String(answer.status));
    return await answer[kind]();
  } catch (error) {
    throw abort.signal.aborted ? abort.signal.reason : error;
  } finally {
    clearTimeout(timer);
    if (asking.get(name) === abort) asking.delete(name);
    if (--open === 0) told.busy(false);
  }
}

/** Say an RFC 9457 problem. @param {{detail: string, example?: string}} problem */
const explained = ({ detail, example }) => (example ? `${detail} (${example})` : detail);
