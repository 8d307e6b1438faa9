// <erasing-progress src="?state">: asks how far it has come, moves the bar, and shows the page anew
// once all is done. Without script a link does that.

/** @typedef {{done: boolean, per_cent: number}} State */

class ErasingProgress extends HTMLElement {
  connectedCallback() {
    setTimeout(() => this.#ask(), 1500);
  }

  async #ask() {
    try {
      const answer = await fetch(this.getAttribute("src") ?? "", { cache: "no-store" });
      const state = /** @type {State} */ (await answer.json());
      if (state.done) return location.reload();
      const bar = this.querySelector("progress");
      if (bar) bar.value = state.per_cent;
    } catch {
      // Offline: asked again.
    }
    if (this.isConnected) setTimeout(() => this.#ask(), 2000);
  }
}

customElements.define("erasing-progress", ErasingProgress);
