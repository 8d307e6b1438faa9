// What every page does: remember the visit's first story, show the buttons that copy, and fetch the
// module of a custom element when one comes near the screen. `<meta name="module:x-y" content="…">`
// says where the module of <x-y> is. An element with data-kept waits until this browser keeps
// something by that name, one with data-select until the reader selects words. Without this script
// all elements hold working markup.

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

/** @param {string} name @returns {boolean} whether this browser keeps something by that name */
function keeps(name) {
  try {
    return localStorage.getItem(name) !== null;
  } catch {
    return false;
  }
}

/** @param {HTMLMetaElement} meta */
function fetchWhenNear(meta) {
  const found = [...document.querySelectorAll(meta.name.slice("module:".length))];
  const elements = found.filter((each) => {
    const { kept, select } = /** @type {HTMLElement} */ (each).dataset;
    return select === undefined && (kept === undefined || keeps(kept));
  });
  if (elements.length < found.length && found.some((each) => each.hasAttribute("data-select"))) {
    document.addEventListener("selectionchange", () => import(meta.content), { once: true });
  }
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

/** <copy-button text="…"><button hidden data-copied="Copied">Copy</button></copy-button>: the button
 * appears only where it can work. Too small for a request of its own. */
class CopyButton extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!button || !navigator.clipboard) return;
    button.hidden = false;
    const words = button.textContent;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(this.getAttribute("text") ?? "");
      } catch {
        return;
      }
      button.setAttribute("aria-live", "polite");
      button.textContent = button.dataset.copied ?? words;
      setTimeout(() => (button.textContent = words), 2500);
    });
  }
}

customElements.define("copy-button", CopyButton);
rememberFirstStory();
document.querySelectorAll('meta[name^="module:"]').forEach((meta) => {
  fetchWhenNear(/** @type {HTMLMetaElement} */ (meta));
});
