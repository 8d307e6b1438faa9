// <thanks-state src="…/state.json">: the donation is seen to arrive. Asks until it has, then shows
// the words for it, says them once to who listens, and moves the page's bar.

/** @typedef {{arrived: boolean, state: string, progress: {raised: number, goal: number, currency: string, donors: number}}} Answer */

const FIRST = 1000;
const SLOWEST = 15_000;

class ThanksState extends HTMLElement {
  #wait = FIRST;

  connectedCallback() {
    if (this.dataset.state === "arrived") return;
    setTimeout(() => this.#ask(), this.#wait);
  }

  async #ask() {
    try {
      const answer = await fetch(this.getAttribute("src") ?? "", { cache: "no-store" });
      if (answer.ok && this.#take(await answer.json())) return;
    } catch {
      // Offline: the next question will be answered, or the page reloaded.
    }
    this.#wait = Math.min(this.#wait * 1.4, SLOWEST);
    if (this.isConnected) setTimeout(() => this.#ask(), this.#wait);
  }

  /** @param {Answer} answer @returns {boolean} whether there is nothing more to wait for */
  #take(answer) {
    const name = answer.arrived ? "arrived" : answer.state;
    const final = answer.arrived || ["failed", "expired", "refunded"].includes(answer.state);
    const words = this.querySelector(`[data-when~="${name}"]`);
    if (words && words.hasAttribute("hidden")) {
      this.querySelectorAll("[data-when]").forEach((part) => part.toggleAttribute("hidden", part !== words));
      this.dataset.state = name;
    }
    if (answer.arrived) this.#moveBar(answer.progress);
    return final;
  }

  /** @param {Answer["progress"]} figures */
  async #moveBar(figures) {
    await customElements.whenDefined("campaign-progress");
    document.querySelectorAll("campaign-progress").forEach((bar) => {
      if ("show" in bar && typeof bar.show === "function") bar.show(figures);
    });
  }
}

customElements.define("thanks-state", ThanksState);
