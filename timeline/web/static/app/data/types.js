// @ts-check
/** Types of the events in the browser, and of their sources. Only the type checker reads this file; browsers never load it. */

/** @typedef {import("../shared/types.js").Params} Params */
/** @typedef {import("../shared/types.js").Box} Box */

/**
 * @typedef {object} EventColumns
 * @property {number} size events
 * @property {string[]} ids
 * @property {string[]} titles
 * @property {string[]} verifications values of the API's `verification`
 * @property {Uint8Array} verification of each event: an index of `verifications`
 * @property {Float64Array} startMin seconds of UTC, ±Infinity for open; NaN where undated
 * @property {Float64Array} startMax
 * @property {Float64Array} endMin
 * @property {Float64Array} endMax
 * @property {Uint8Array} doubtful
 * @property {Int32Array} date of each event: an index of `dates`
 * @property {string[]} dates
 * @property {Uint32Array} firstPin pins of event e are firstPin[e] to firstPin[e + 1] - 1
 * @property {string[]} codes countries of a spot: "BE" or "BE,NL"
 * @property {Uint32Array} spot of each pin: an index of `codes`
 * @property {Float64Array | null} weight of each event: its figure that is summed
 */

/** @typedef {import("../map/types.js").PinColumns & EventColumns} Columns */

/**
 * @typedef {object} Selection
 * @property {Uint8Array} events 1 for each that matches
 * @property {Uint8Array} pins 1 for each selected pin, whether its event matches or not
 * @property {number} count events that match
 */

/** @typedef {{id: string, title: string, date: string, category: string}} Row of the list */

/** @typedef {{rows: Row[], total: number, more: boolean}} Rows a page of the list; `more`: another one follows */

/** @typedef {Row & {pins: import("../map/types.js").Pin[], span: [number, number] | null}} EventDetail `span`: first and last day since 1970, ±Infinity for open */

/**
 * @typedef {object} Source the events behind the views; each method answers for the last `select`
 * @property {string[]} slugs categories, in the order of a mark's counts
 * @property {boolean} fresh whether the last `select` changed more than the dates
 * @property {(params: Params, dragging: boolean) => Promise<void>} select
 * @property {() => Promise<{undated: number, unplaced: number}>} countBare
 * @property {(params: Params) => Promise<Record<string, number>>} countCategories
 * @property {(params: Params, maxBars: number) => Promise<import("../timeline/types.js").Bars>} bars
 * @property {(view: import("../map/types.js").View) => Promise<import("../map/types.js").Mark[]>} marks
 * @property {(event: number | string) => string} id of a mark's event
 * @property {(params: Params, from: number, count: number, box: Box | null, name?: string) => Promise<Rows>} rows
 * @property {(id: string) => Promise<EventDetail | null>} event
 * @property {() => Promise<[number, number, number, number] | null>} extent
 * @property {(params: Params) => Promise<Set<string>>} vagueCountries
 */

export {};
