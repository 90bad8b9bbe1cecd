// @ts-check
/** How precisely a place is known, as a rank from 0 (point) to 5 (country). */

/** Values of the API's `precision`, finest first. */
export const PRECISIONS = ["point", "neighbourhood", "city", "admin2", "admin1", "country"];
const COARSE_RANK = PRECISIONS.indexOf("admin2");
const COUNTRY_RANK = PRECISIONS.indexOf("country");

/** Return whether only the region or the country is known. @param {number} rank */
export const isCoarse = (rank) => rank >= COARSE_RANK;

/** Return whether only the country is known. @param {number} rank */
export const isCountry = (rank) => rank === COUNTRY_RANK;
