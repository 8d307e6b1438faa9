// <corrected-since>: "Corrected since you read it", kept in this browser alone and only once its
// reader switched it on. With data-story it shows the line that fits; with [data-control] inside,
// the switch. Switching it off forgets everything. Nothing of it is ever sent.

const KEY = "stories-read";
const MOST = 500;
const KINDS = ["retraction", "correction", "clarification", "update"];

/** What was read: story id → [version, moment], the latest last; null when switched off.
 * @returns {Map<string, [number, string]> | null} */
function remembered() {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === null ? null : new Map(JSON.parse(kept));
  } catch {
    return null;
  }
}

/** @param {Map<string, [number, string]> | null} stories @returns {boolean} whether it was kept */
function keep(stories) {
  try {
    if (stories) localStorage.setItem(KEY, JSON.stringify([...stories].slice(-MOST)));
    else localStorage.removeItem(KEY);
    return true;
  } catch {
    return false;
  }
}

class CorrectedSince extends HTMLElement {
  connectedCallback() {
    if (this.dataset.story) this.#compare();
    const control = /** @type {HTMLElement | null} */ (this.querySelector("[data-control]"));
    if (!control) return;
    control.hidden = false;
    control.addEventListener("click", (event) => {
      const button = event.target instanceof Element && event.target.closest("button");
      if (button && keep(button.dataset.turn === "on" ? new Map() : null)) this.#show(control);
      document.querySelectorAll("corrected-since").forEach((each) => {
        if (each instanceof CorrectedSince && each.dataset.story) each.#compare();
      });
    });
    this.#show(control);
  }

  /** Which half of the switch is seen; focus stays on what replaced the pressed button.
   * @param {HTMLElement} control */
  #show(control) {
    const on = remembered() !== null;
    const pressed = control.contains(document.activeElement);
    control.querySelectorAll("[data-when]").forEach((part) => {
      if (part instanceof HTMLElement) part.hidden = part.dataset.when !== (on ? "on" : "off");
    });
    if (pressed) control.querySelector("[data-when]:not([hidden]) button")?.focus();
  }

  /** The line, when entries came after the version that was read; else this version is read now. */
  #compare() {
    this.querySelectorAll("[data-since]").forEach((line) => line.setAttribute("hidden", ""));
    const stories = remembered();
    const { story = "", version = "0", history = "" } = this.dataset;
    if (!stories || !Number(version)) return;
    const [read, moment] = stories.get(story) ?? [Number(version), ""];
    const entries = [...document.querySelectorAll("#corrections [data-after]")];
    const since = entries.filter((entry) => Number(entry.getAttribute("data-after")) > read);
    const kind = KINDS.find((each) => since.some((entry) => entry.getAttribute("data-kind") === each));
    const line = kind && this.querySelector(`[data-since="${kind}"]`);
    const entry = since.find((each) => each.getAttribute("data-kind") === kind);
    if (!line || !entry) return this.#remember(stories, story, Number(version));
    const time = line.querySelector("time");
    if (time) {
      const words = { dateStyle: /** @type {const} */ ("long"), timeStyle: /** @type {const} */ ("short") };
      time.textContent = new Intl.DateTimeFormat(`${document.documentElement.lang}-CA`, words).format(new Date(moment));
      time.dateTime = moment;
    }
    line.querySelector("[data-entry]")?.setAttribute("href", `#${entry.id}`);
    line.querySelector("[data-compare]")?.setAttribute("href", `${history}${read}-${version}/`);
    line.querySelector("button")?.addEventListener("click", () => {
      this.#remember(stories, story, Number(version));
      line.setAttribute("hidden", "");
    });
    line.removeAttribute("hidden");
  }

  /** @param {Map<string, [number, string]>} stories @param {string} story @param {number} version */
  #remember(stories, story, version) {
    stories.delete(story);
    keep(stories.set(story, [version, new Date().toISOString()]));
  }
}

customElements.define("corrected-since", CorrectedSince);
