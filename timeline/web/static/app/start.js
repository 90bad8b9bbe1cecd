// @ts-check
/** The entrance: loads the live page after the browser has painted the list from the server, so that nothing delays it. */

const PAINT_TIMEOUT_MS = 1500; // a frame far down an article may never be painted

let isStarted = false;

async function start() {
  if (isStarted) return;
  isStarted = true;
  const { Page } = await import("./page/controller.js");
  await new Page().start();
}

if (document.hidden || !PerformanceObserver.supportedEntryTypes.includes("paint")) {
  start(); // a hidden page is not painted
} else {
  new PerformanceObserver(start).observe({ type: "paint", buffered: true });
  setTimeout(start, PAINT_TIMEOUT_MS);
}
