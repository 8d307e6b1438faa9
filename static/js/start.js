// What every page does: show the buttons that copy, fetch the module of a custom element when one
// comes near the screen, and count this page load. `<meta name="module:x-y" content="…">`
// says where the module of <x-y> is. An element with data-kept waits until this browser keeps
// something by that name, one with data-select until the reader selects words. Without this script
// all elements hold working markup.

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
document.querySelectorAll('meta[name^="module:"]').forEach((meta) => {
  fetchWhenNear(/** @type {HTMLMetaElement} */ (meta));
});

// ---- Page loads (docs/funnel.md): what page this is and, as classes, how the visit came and on what. No
// cookie, no identifier, nothing of who reads. What a gift is credited to stays in this tab.

const page = /** @type {HTMLElement | null} */ (document.querySelector("[data-step]"));
const banner = /** @type {HTMLElement | null} */ (document.querySelector("aside[data-campaign]"));

/** @returns {string} */
function source() {
  const asked = new URLSearchParams(location.search).get("via") ?? "";
  if (asked.startsWith("letter")) return "letter";
  const host = document.referrer && new URL(document.referrer).host;
  if (!host) return "direct";
  if (host === location.host) return "ours";
  if (/(^|\.)(google|bing|duckduckgo|ecosia|qwant|yahoo|brave|startpage|kagi|yandex|baidu)\./.test(host)) return "search";
  return /(^|\.)(facebook|instagram|threads|twitter|x|t|bsky|linkedin|lnkd|reddit|youtube|tiktok|pinterest|whatsapp|telegram)\.\w+$|mastodon/.test(host) ? "social" : "other";
}

const visit = {
  came: source(),
  device: innerWidth < 640 ? "phone" : innerWidth < 1024 ? "tablet" : "desktop",
  arm: document.documentElement.dataset.arm ?? "",
};
let last = "";
try {
  last = sessionStorage.getItem("last-story") ?? "";
  const first = sessionStorage.getItem("came");
  if (first) visit.came = first;
  else sessionStorage.setItem("came", visit.came);
  if (page?.dataset.story) {
    if (!sessionStorage.getItem("first-story")) sessionStorage.setItem("first-story", page.dataset.story);
    sessionStorage.setItem("last-story", page.dataset.story);
    sessionStorage.setItem("arm", visit.arm);
  }
} catch {
  // Storage is refused: each page then knows of itself alone.
}

/** @param {string} steps */
function say(steps) {
  const form = document.querySelector("form.give-form");
  const [from, via] = ["from", "via"].map((name) => form?.querySelector(`[name=${name}]`)?.getAttribute("value") ?? "");
  const body = new URLSearchParams({
    steps,
    ...visit,
    via,
    lang: document.documentElement.lang,
    story: page?.dataset.story || from || last,
    campaign: (page?.dataset.campaign || banner?.dataset.campaign) ?? "",
  });
  fetch("/steps/", { method: "POST", body, keepalive: true, credentials: "omit", referrerPolicy: "no-referrer" }).catch(() => {});
}

function begin() {
  if (!page) return;
  const step = page.dataset.step ?? "";
  if (!banner || visit.arm === "held") return say(step);
  let said = false;
  const watch = new IntersectionObserver(([seen]) => {
    const shown = seen.intersectionRatio >= 0.5;
    if (!said) say(shown ? `${step} banner` : step);
    else if (shown) say("banner");
    said = true;
    if (shown) watch.disconnect();
  }, { threshold: 0.5 });
  watch.observe(banner);
}

// A program that drives a browser is no reader; a page that nobody looks at yet is not seen.
if (!navigator.webdriver) {
  if (document.visibilityState === "visible") begin();
  else document.addEventListener("visibilitychange", begin, { once: true });
}
