// A part of a desk page that changes while a worker works: fetched anew every few seconds as long as
// it says `data-running`. Without script the page shows how far it was when it was opened.

const EVERY = 3000;

class FreshPart extends HTMLElement {
  /** @type {number | undefined} */
  #timer;

  connectedCallback() {
    if (this.hasAttribute("data-running")) this.#timer = window.setTimeout(() => this.#look(), EVERY);
  }

  disconnectedCallback() {
    window.clearTimeout(this.#timer);
  }

  async #look() {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = answer.ok && page.getElementById(this.id);
      if (fresh && !this.contains(document.activeElement)) {
        this.toggleAttribute("data-running", fresh.hasAttribute("data-running"));
        this.replaceChildren(...fresh.childNodes);
      }
    } catch {
      // The server is away for a moment: ask again.
    }
    this.connectedCallback();
  }
}

customElements.define("fresh-part", FreshPart);
