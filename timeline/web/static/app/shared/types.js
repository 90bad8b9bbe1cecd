// @ts-check
/** Types of what the server sends with the page. Only the type checker reads this file; browsers never load it. */

/** @typedef {Record<string, string>} Params values of query parameters by name */

/** @typedef {readonly [number, number, number, number]} Box west, south, east, north in degrees; west > east across the antimeridian */

/**
 * @typedef {object} FilterParameter a query parameter that chooses events
 * @property {string} name
 * @property {boolean} many whether it takes a comma-separated list
 * @property {boolean} local whether the page's own filter evaluates it; the server evaluates the others
 */

/**
 * @typedef {object} Category
 * @property {string} slug
 * @property {string} label in the page's language
 * @property {string} light colour on a light background, #rrggbb
 * @property {string} dark colour on a dark background
 * @property {string} path SVG path of its marker, 16 by 16
 */

/**
 * @typedef {object} Facts
 * @property {string} root path prefix of the site, "" or "/map"
 * @property {string} assets path of the static files
 * @property {string} home path of this page
 * @property {boolean} framed whether the page was made for an <iframe>
 * @property {boolean} large whether more events match than the browser loads
 * @property {boolean} crowded whether the site has more events than the browser loads
 * @property {number} matched events
 * @property {string} title of the site
 * @property {string[]} figures names of figures that the bars can sum
 * @property {Category[]} categories
 * @property {DateForms} dates forms of dates in the page's language; not on the review page
 * @property {FilterParameter[]} filter the server's table of filter parameters, in its order
 * @property {boolean} [signed_in] review page: whether a proxy has signed the reader in
 */

/**
 * @typedef {object} RangeForms a day, a month or a year as one end of a range: "del 3", "al 3"
 * @property {string[]} days 31, without their month
 * @property {string[]} months 12, without their year
 * @property {string} year
 */

/**
 * @typedef {object} DateForms `{}` is replaced by a day in `in_month`, for a day or month in `dated`, and elsewhere for a year
 * @property {string[]} days 31 numbers
 * @property {string[]} months 12 names
 * @property {string[]} in_month 12 patterns, such as "{} de maig"
 * @property {string} dated joins a day or month and its {year}
 * @property {RangeForms} start
 * @property {RangeForms} end
 * @property {string} after_christ for years 1 to 999
 * @property {string} before_christ
 * @property {number} first_plain_year an earlier year names its era
 * @property {string} dash between years
 * @property {string} day_dash between days of one month; "" where prepositions are used instead
 */

export {};
