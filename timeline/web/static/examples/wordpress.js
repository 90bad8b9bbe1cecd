// A short version of wp-includes/js/wp-embed.js: how WordPress answers the messages of a frame made from a pasted address.
addEventListener("message", (event) => {
  const { message, value, secret } = event.data ?? {};
  if (!secret || /[^a-zA-Z0-9]/.test(secret)) return;
  for (const frame of document.querySelectorAll(`iframe[data-secret="${secret}"]`)) {
    if (event.source !== frame.contentWindow) continue;
    if (message === "height") frame.height = Math.min(1000, Math.max(200, parseInt(value, 10) || 0));
    if (message === "link" && new URL(value).host === new URL(frame.src).host && document.activeElement === frame)
      window.top.location.href = value;
  }
});
// The frame may have sent its messages before this script was loaded.
for (const frame of document.querySelectorAll("iframe[data-secret]"))
  frame.contentWindow.postMessage({ message: "ready", secret: frame.dataset.secret }, "*");
