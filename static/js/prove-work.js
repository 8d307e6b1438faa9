// <prove-work>: looks for the number whose hash with the salt is the challenge (ALTCHA's proof of
// work), says how far it is, and sends the form when it is found.

const AT_ONCE = 100;
// Between two breaths the page can be neither drawn nor used.
const BREATHE_EACH = 25;

/** @param {string} algorithm @param {string} text */
async function hash(algorithm, text) {
  const bytes = await crypto.subtle.digest(algorithm, new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {DOMStringMap} asked  algorithm, challenge, salt, most
 * @param {(share: number) => void} tell
 * @returns {Promise<number | null>}
 */
async function solve(asked, tell) {
  const most = Number(asked.most);
  let breathed = performance.now();
  for (let start = 0; start <= most; start += AT_ONCE) {
    const numbers = Array.from({ length: AT_ONCE }, (_, each) => start + each);
    const hashes = await Promise.all(
      numbers.map((number) => hash(asked.algorithm ?? "SHA-256", asked.salt + String(number))),
    );
    const found = hashes.indexOf(asked.challenge ?? "");
    if (found >= 0) return start + found;
    if (performance.now() - breathed > BREATHE_EACH) {
      tell(start / most);
      await new Promise((go) => setTimeout(go, 0));
      breathed = performance.now();
    }
  }
  return null;
}

class ProveWork extends HTMLElement {
  async connectedCallback() {
    const form = this.closest("form");
    const says = /** @type {HTMLElement | null} */ (this.querySelector("[data-says]"));
    const field = /** @type {HTMLInputElement | null} */ (this.querySelector("[name=altcha]"));
    const bar = this.querySelector("progress");
    if (!form || !says || !field || !bar) return;
    const began = performance.now();
    let number = null;
    try {
      number = await solve(this.dataset, (share) => (bar.value = share * 100));
    } catch {
      // No hashing here (a page without https): the way by mail is left.
    }
    if (number === null) {
      says.textContent = says.dataset.failed ?? "";
      bar.hidden = true;
      return;
    }
    bar.value = 100;
    says.textContent = says.dataset.done ?? "";
    const { algorithm, challenge, salt, signature } = this.dataset;
    const took = Math.round(performance.now() - began);
    field.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature, took }));
    // Should sending fail, the button is there to press again.
    form.querySelector("[data-go]")?.removeAttribute("hidden");
    form.requestSubmit();
  }
}

customElements.define("prove-work", ProveWork);
