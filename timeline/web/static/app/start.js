// @ts-check
/** Let the list that the server wrote be painted first: nothing that makes it live shares the line with it. */

const begin = () => begun ?? (begun = import("./page/controller.js"));
/** @type {Promise<unknown> | undefined} */
let begun;

if (document.hidden || !PerformanceObserver.supportedEntryTypes.includes("paint")) {
  begin(); // a page that is not looked at paints nothing
} else {
  new PerformanceObserver(begin).observe({ type: "paint", buffered: true });
  setTimeout(begin, 1500); // a frame far down an article may paint nothing either
}
