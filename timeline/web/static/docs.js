// Draws the site's OpenAPI description; sends no request to another host.
(() => {
  const root = document.getElementById("swagger");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", paint);
  paint();

  // Adds the names for screen readers that Swagger UI leaves out, and corrects the level of its headings.
  const addNames = () => {
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
    deepLinking: false, // it puts links into buttons, where a keyboard cannot reach them
    defaultModelsExpandDepth: 0,
    docExpansion: "list",
    presets: [window.SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    onComplete: addNames,
  });
})();
