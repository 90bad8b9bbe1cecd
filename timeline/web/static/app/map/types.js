// @ts-check
/** Types of the map. Only the type checker reads this file; browsers never load it. */

/**
 * @typedef {object} PinColumns pins as typed arrays, and the category of each event
 * @property {string[]} categories slugs
 * @property {Uint8Array} category of each event: an index of `categories`
 * @property {Uint32Array} owner event of each pin
 * @property {Float64Array} lon degrees
 * @property {Float64Array} lat degrees
 * @property {Float64Array} x of the square of Web Mercator, 0 to 1
 * @property {Float64Array} y
 * @property {Uint8Array} rank of precision
 */

/**
 * @typedef {object} Mark
 * @property {number} x of the square of Web Mercator, 0 to 1
 * @property {number} y
 * @property {number} count pins
 * @property {number[]} by pins by category, in the order of the source's `slugs`
 * @property {number} vague pins of which only the region or country is known
 * @property {[number, number, number, number]} box west, south, east, north in degrees
 * @property {number | string} event of its only pin: a row of the index, or an id from the server
 * @property {string} [title] of that event
 */

/** @typedef {{zoom: number, west: number, east: number, north: number, south: number}} View in the square of Web Mercator; west may be below 0 and east above 1 */

/**
 * @typedef {object} Pin of an event
 * @property {number} x of the square of Web Mercator
 * @property {number} y
 * @property {number} lat degrees
 * @property {number} km radius of the area in which the place is; 0 until the server has sent it
 * @property {boolean} coarse whether only the region or country is known
 * @property {boolean} country whether only the country is known
 * @property {string} codes countries: "BE" or "BE,NL"
 * @property {string} slug category of the event
 */

/**
 * @typedef {object} MapEvents
 * @property {(byHand: boolean) => void} onMove after a move
 * @property {(mark: Mark) => void} onPick a click on a mark
 * @property {(event: MouseEvent) => void} onClick a click on the map, not on a mark
 * @property {(event: MouseEvent) => string} areaName of the tinted country under the pointer; "" for none
 * @property {(available: boolean) => void} onGround when the base map cannot be loaded, or could be after all
 */

/** @typedef {[number, number, number, number]} Bounds west, south, east, north in degrees; east is beyond 180 across the antimeridian */

/** @typedef {{zoom: number, lat: number, lon: number}} Camera */

/** @typedef {{x: number, y: number}} Point of the square of Web Mercator */

/** @typedef {{side: number, below: number}} Covered pixels of the map that a card covers, at the end of the line and at the foot */

/**
 * @typedef {object} Ground what the map needs of a base map: `LiveGround`, or `Still` where there is no WebGL
 * @property {any} map the MapLibre map; null for a still one
 * @property {HTMLElement} target element that gets the clicks
 * @property {(point: Point) => [number, number]} position in pixels
 * @property {() => View} view
 * @property {() => string} address of the view, "zoom/lat/lon"; "" where it cannot change
 * @property {(dark: boolean) => void} recolour
 * @property {() => void} resize
 * @property {() => void} retry after a base map that could not be loaded
 * @property {(camera: Camera) => void} jumpTo
 * @property {(points: Point[], covered: Covered) => void} fit
 * @property {(box: Bounds) => boolean} zoomTo returns false if the map cannot zoom far enough to split a mark with this box
 * @property {(area: any, colour: string) => boolean} highlight returns false if the area is drawn later, or not at all
 * @property {(areas: any[], dark: boolean) => void} tint countries, instead of those tinted before
 * @property {boolean} hasTint whether `tint` has something to replace; another style removes it
 * @property {(listener: () => void) => void} onIdle called whenever everything is drawn; never for a still map
 * @property {() => void} repaint
 * @property {(x: number, y: number) => string | null} countryAt code of the tinted country at a position in pixels
 */

/**
 * @typedef {object} GroundEvents
 * @property {() => void} onMove in each frame
 * @property {(byHand: boolean) => void} onRest after a move
 * @property {() => void} onLoad once, and after another style
 * @property {() => void} onIdle once
 * @property {(available: boolean) => void} onAvailable false when the style cannot be loaded, true when a retry succeeds
 */

export {};
