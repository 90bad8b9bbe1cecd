// @ts-check
/** Let the list that the server wrote be painted first: nothing that makes it live shares the line with it. */

const begin = () => begun ?? (begun = import("./main.js"));
/** @type {Promise<unknown> | undefined} */
let begun;

requestAnimationFrame(() => requestAnimationFrame(begin));
setTimeout(begin, 300); // a page that is not looked at paints nothing
