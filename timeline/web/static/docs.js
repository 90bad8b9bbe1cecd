// Draws the OpenAPI description that the page names; asks nobody else for anything.
(() => {
  const root = document.getElementById("swagger");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", paint);
  paint();

  // What Swagger UI leaves unsaid to screen readers, and headings a level too deep.
  const mend = () => {
    const name = (selector, text) => root.querySelector(selector)?.setAttribute("aria-label", text);
    name(".information-container section", root.dataset.about);
    name(".scheme-container section", root.dataset.servers);
    name("#servers", root.dataset.servers);
    for (const tag of root.querySelectorAll("h3.opblock-tag")) tag.setAttribute("aria-level", "2");
    for (const models of root.querySelectorAll(".models > h4")) models.setAttribute("aria-level", "2");
  };

  window.SwaggerUIBundle({
    domNode: root,
    url: root.dataset.url,
    validatorUrl: null,
    deepLinking: false, // its links lie inside its buttons, which no keyboard can tell apart
    defaultModelsExpandDepth: 0,
    docExpansion: "list",
    presets: [window.SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    onComplete: mend,
  });
})();
