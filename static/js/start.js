// Two things every page does: remember the visit's first story, and fetch the module of a custom
// element when one comes near the screen. `<meta name="module:x-y" content="…">` says where the
// module of <x-y> is. Without this script all elements hold working markup.

const FIRST = "first-story";

/** The visit's first story, for the gift it may lead to: kept for this tab alone, until closed. */
function rememberFirstStory() {
  const story = /** @type {HTMLElement | null} */ (document.querySelector("[data-story]"));
  if (!story) return;
  try {
    if (!sessionStorage.getItem(FIRST)) sessionStorage.setItem(FIRST, story.dataset.story ?? "");
  } catch {
    // The reader refuses storage: then no first story is known, and nothing else changes.
  }
}

/** @param {HTMLMetaElement} meta */
function fetchWhenNear(meta) {
  const elements = document.querySelectorAll(meta.name.slice("module:".length));
  if (!elements.length) return;
  const watch = new IntersectionObserver(
    (seen) => {
      if (!seen.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      import(meta.content);
    },
    { rootMargin: "300px" },
  );
  elements.forEach((element) => watch.observe(element));
}

rememberFirstStory();
document.querySelectorAll('meta[name^="module:"]').forEach((meta) => {
  fetchWhenNear(/** @type {HTMLMetaElement} */ (meta));
});
