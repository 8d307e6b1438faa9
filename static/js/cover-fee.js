// <cover-fee rates="290 30 0;100 40 500" places="2">: says what covering the fee adds to the amount
// chosen and what is paid then; the button says that sum too. Of cards, then of bank accounts: basis
// points, and in minor units what is fixed and the most (0: no such).
// The server reckons again by the same rule (campaigns/covering.py), and Checkout shows it.

/** @typedef {HTMLInputElement | null} Input */

class CoverFee extends HTMLElement {
  connectedCallback() {
    const form = this.closest("form");
    const tick = /** @type {Input} */ (this.querySelector("input[name=cover]"));
    const words = this.querySelector("[data-sum]");
    if (!form || !tick || !words) return;
    const atFirst = words.textContent ?? "";
    const say = () => {
      const gift = this.#gift(form);
      const button = /** @type {HTMLElement | null} */ (form.querySelector("[data-give]"));
      words.textContent = gift ? this.#sentence(gift) : atFirst;
      const paid = gift && tick.checked ? gift + this.fee(gift) : gift;
      const often = this.#often(form);
      const give = button?.getAttribute(often === "once" ? "data-give" : `data-give-${often}`) ?? "";
      if (button && paid) button.textContent = give.replace("{amount}", this.#show(paid));
    };
    form.addEventListener("amount", say); // <give-amount> has had its say
    for (const source of form.querySelectorAll("[name=source]")) source.addEventListener("change", say);
    tick.addEventListener("change", say);
    say();
  }

  /** The least sum that covers what is taken of the gift and of itself; minor units.
   * @param {number} gift */
  fee(gift) {
    const rates = (this.getAttribute("rates") ?? "").split(";");
    const bank = this.closest("form")?.querySelector("[name=source][value=bank]:checked");
    const [rate, fixed, top] = (rates[bank ? 1 : 0] || rates[0]).split(" ").map(Number);
    const most = top || Infinity;
    const taken = (/** @type {number} */ charged) => Math.min(Math.floor((charged * rate + 5000) / 10000) + fixed, most);
    let total = Math.min(Math.ceil(((gift + fixed) * 10000) / (10000 - rate)), gift + most);
    while (total - taken(total) < gift) total += 1;
    while (total > gift && total - 1 - taken(total - 1) >= gift) total -= 1;
    return total - gift;
  }

  /** What is chosen in minor units, 0 where it is not plain. @param {HTMLFormElement} form */
  #gift(form) {
    const own = /** @type {Input} */ (form.querySelector("[data-own]"));
    const often = this.#often(form);
    const field = often === "once" ? "amount" : `amount_${often}`;
    const chosen = /** @type {Input} */ (form.querySelector(`input[name=${field}]:checked`));
    const typed = own?.value.trim() ?? "";
    if (!typed) return Number(chosen?.value) || 0;
    return /^\d{1,7}([.,]\d{1,2})?$/.test(typed) ? Math.round(Number(typed.replace(",", ".")) * this.#unit) : 0;
  }

  /** "once", "month" or "year". @param {HTMLFormElement} form */
  #often(form) {
    return /** @type {Input} */ (form.querySelector("[name=frequency]:checked"))?.value ?? "once";
  }

  get #unit() {
    return 10 ** Number(this.getAttribute("places") ?? 2);
  }

  /** @param {number} gift */
  #sentence(gift) {
    const fee = this.fee(gift);
    const said = { fee: this.#show(fee), gift: this.#show(gift), total: this.#show(gift + fee) };
    return (this.dataset.said ?? "").replace(/\{(fee|gift|total)\}/g, (_all, name) => said[/** @type {keyof typeof said} */ (name)]);
  }

  /** As the page's language writes money: after the sample of zero. @param {number} minor */
  #show(minor) {
    const digits = minor % this.#unit ? Number(this.getAttribute("places") ?? 2) : 0;
    const lang = document.documentElement.lang.startsWith("fr") ? "fr-CA" : "en-CA";
    const number = (minor / this.#unit).toLocaleString(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return (this.dataset.zero ?? "0").replace("0", number);
  }
}

customElements.define("cover-fee", CoverFee);
