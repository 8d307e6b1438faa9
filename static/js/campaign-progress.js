// <campaign-progress src="…/progress.json">: keeps the bar it holds true while it is looked at.

/**
 * @typedef {{raised: number, goal: number, bar: {fill: number, beyond: number, line: number}, currency: string, donors: number, match?: {sponsor: string, left: number} | null}} Figures
 * Amounts in minor units of `currency`.
 */

const EVERY = 10_000;
const SLOWEST = 160_000;

const locale = document.documentElement.lang.startsWith("fr") ? "fr-CA" : "en-CA";

/** @param {number} minor @param {string} currency */
export function money(minor, currency) {
  const format = (/** @type {number} */ cents) =>
    new Intl.NumberFormat(locale, { style: "currency", currency, minimumFractionDigits: cents });
  const places = format(0).resolvedOptions().maximumFractionDigits ?? 2;
  return format(minor % 10 ** places ? places : 0).format(minor / 10 ** places);
}

class CampaignProgress extends HTMLElement {
  #wait = EVERY;
  #timer = 0;
  #shown = "";

  connectedCallback() {
    document.addEventListener("visibilitychange", this.#soon);
    this.#soon();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#soon);
    clearTimeout(this.#timer);
  }

  #soon = () => {
    clearTimeout(this.#timer);
    if (!document.hidden) this.#timer = window.setTimeout(() => this.refresh(), this.#wait);
  };

  /** Ask once, show, and ask again later: later still each time the server does not answer. */
  async refresh() {
    try {
      const answer = await fetch(this.getAttribute("src") ?? "", { credentials: "omit" });
      if (!answer.ok) throw new Error(String(answer.status));
      this.show(await answer.json());
      this.#wait = EVERY;
    } catch {
      this.#wait = Math.min(this.#wait * 2, SLOWEST);
    }
    this.#soon();
  }

  /** @param {Figures} figures */
  show(figures) {
    const seen = `${figures.raised}/${figures.goal}/${figures.donors}/${figures.match?.left}`;
    if (seen === this.#shown) return;
    this.#shown = seen;
    const percent = Math.max(0, Math.floor((figures.raised * 100) / figures.goal));
    const raised = money(figures.raised, figures.currency);
    this.#write("raised", raised);
    this.#write("percent", (this.#part("[data-percent]")?.dataset.percent ?? "{percent}%").replace("{percent}", String(percent)));
    const promise = this.#part("[data-match]"); // of one sponsor, not of the next
    if (figures.match?.sponsor !== promise?.dataset.match) promise?.remove();
    else if (figures.match) this.#write("left", money(figures.match.left, figures.currency));
    const donors = this.#part('[data-show="donors"]');
    if (donors) {
      const words = (figures.donors === 1 ? donors.dataset.one : donors.dataset.many) ?? "";
      const number = figures.donors.toLocaleString(locale);
      donors.textContent = words.replace("{n}", number);
    }
    const bar = this.#part("[role=progressbar]");
    if (!bar) return;
    bar.setAttribute("aria-valuenow", String(Math.min(100, percent)));
    const text = bar.dataset.text ?? "";
    bar.setAttribute("aria-valuetext", text.replace("{raised}", raised).replace("{percent}", String(percent)));
    const { fill, beyond, line } = figures.bar; // on a scale of 1000, as the server reckons it
    this.#part("[data-fill]")?.setAttribute("width", String(fill));
    this.#part(".bar-beyond")?.setAttribute("width", String(beyond));
    this.#part("[data-goal]")?.setAttribute("x", String(line));
    this.#part("[data-goal]")?.setAttribute("width", beyond ? "4" : "0");
  }

  /** @param {string} selector @returns {HTMLElement | null} */
  #part(selector) {
    return this.querySelector(selector);
  }

  /** @param {string} name @param {string} text */
  #write(name, text) {
    const part = this.#part(`[data-show="${name}"]`);
    if (part) part.textContent = text;
  }
}

customElements.define("campaign-progress", CampaignProgress);
