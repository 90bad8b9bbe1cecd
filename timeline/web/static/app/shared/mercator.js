// @ts-check
/** The square of Web Mercator: x from 0 in the west to 1 in the east, y from 0 in the north to 1 in the south. */

const MAX_LATITUDE = 85.0511287798066; // degrees; the square ends there

/** Return the y of a latitude; those beyond the square are moved to its edge. @param {number} lat degrees */
export function mercatorY(lat) {
  const phi = (Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, lat)) * Math.PI) / 180;
  return 0.5 - Math.log(Math.tan(Math.PI / 4 + phi / 2)) / (2 * Math.PI);
}

/** Return the x of a longitude. @param {number} lon degrees */
export const mercatorX = (lon) => (lon + 180) / 360;

/** Return the longitude and latitude of a point of the square, in degrees. @param {number} x @param {number} y @returns {[number, number]} */
export const degrees = (x, y) => [x * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI];
