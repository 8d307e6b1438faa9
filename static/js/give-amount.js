// <give-amount>: the give form's amounts. The button says what will be given; typing an amount of
// one's own unticks the others, choosing one empties what was typed. Sent twice, it counts once:
// the form is given its own number when it is opened.

class GiveAmount extends HTMLElement {
  connectedCallback() {
    const form = this.closest("form");
    const own = /** @type {HTMLInputElement | null} */ (this.querySelector("[data-own]"));
    const number = /** @type {HTMLInputElement | null} */ (form?.querySelector("input[name=form]"));
    if (!form || !own) return;
    if (number && !number.value && crypto.randomUUID) number.value = crypto.randomUUID();
    own.addEventListener("input", () => {
      if (own.value.trim()) this.#presets().forEach((preset) => (preset.checked = false));
      this.#say(form, own);
    });
    this.addEventListener("change", (event) => {
      const often = /** @type {HTMLInputElement} */ (event.target).name === "frequency";
      if (event.target !== own && !often) own.value = "";
      this.#say(form, own);
    });
    form.addEventListener("submit", () => {
      // A second press while the first is on its way would only puzzle; coming back undoes it.
      setTimeout(() => form.querySelector("[data-give]")?.setAttribute("disabled", ""), 0);
    });
    window.addEventListener("pageshow", () => {
      form.querySelector("[data-give]")?.removeAttribute("disabled");
      this.#say(form, own);
    });
    this.#say(form, own);
  }

  /** @returns {NodeListOf<HTMLInputElement>} */
  #presets() {
    return this.querySelectorAll("input[type=radio]:not([name=frequency])");
  }

  /** "once", "month" or "year". */
  #often() {
    const ticked = /** @type {HTMLInputElement | null} */ (this.querySelector("[name=frequency]:checked"));
    return ticked?.value ?? "once";
  }

  /** The server reads what people type; here only plain digits are repeated on the button.
   * @param {HTMLFormElement} form @param {HTMLInputElement} own */
  #say(form, own) {
    const button = /** @type {HTMLElement | null} */ (form.querySelector("[data-give]"));
    if (!button) return;
    const typed = own.value.trim();
    const often = this.#often();
    const field = often === "once" ? "amount" : `amount_${often}`;
    const chosen = [...this.#presets()].find((preset) => preset.checked && preset.name === field);
    let words = chosen?.dataset.shown ?? "";
    if (typed) words = /^\d{1,7}([.,]\d{1,2})?$/.test(typed) ? (own.dataset.shown ?? "").replace("0", typed) : "";
    button.textContent = words ? (button.getAttribute(often === "once" ? "data-give" : `data-give-${often}`) ?? "").replace("{amount}", words) : button.dataset.plain ?? "";
    // Who wants to be asked later is asked for the same preset.
    const later = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-chosen]"));
    if (later) later.value = typed || often !== "once" ? "" : chosen?.value ?? "";
    form.dispatchEvent(new Event("amount"));
  }
}

customElements.define("give-amount", GiveAmount);
