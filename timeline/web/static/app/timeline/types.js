// @ts-check
/** Types of the timeline. Only the type checker reads this file; browsers never load it. */

/**
 * @typedef {object} Bars
 * @property {number[]} edges first day of each bar, and the day after the last bar
 * @property {string} unit
 * @property {Float64Array[]} stacks heights by category, then by bar
 * @property {string[]} slugs categories of the stacks
 * @property {[number, number]} [extent] first and last day of the events
 */

/** @typedef {[number, number]} Days first and last day since 1970, ±Infinity for open */

/**
 * @typedef {object} BrushTarget what the brush needs of the timeline
 * @property {HTMLElement} stage element that the pointer is pressed on
 * @property {HTMLCanvasElement} canvas
 * @property {HTMLElement[]} handles first and last day
 * @property {boolean} rtl whether time runs from right to left
 * @property {{width: number}} size
 * @property {Bars | null} bars
 * @property {[number, number] | null} window
 * @property {number[]} edges
 * @property {[number, number]} visible the window, within the bars
 * @property {() => void} pause
 * @property {(window: [number, number] | null, done: boolean) => void} setWindow
 * @property {(done: boolean) => void} report
 */

/**
 * @typedef {object} Grip where a drag began
 * @property {number} side handle that is dragged: 0, 1, or -1 for none
 * @property {boolean} moves whether the drag moves the whole window
 * @property {number} position 0 to 1
 * @property {number} left position of the window's start
 * @property {number} day
 * @property {number} length of the window in days, less one
 */

/** @typedef {{width: number, height: number}} Size of the canvas in pixels, the gutters included */

export {};
