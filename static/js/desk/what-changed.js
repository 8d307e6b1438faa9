// <what-changed>: the panel that asks what changed. Without this script every row can be opened by
// hand; with it empty rows wait behind “Add another entry”, and a refused form puts the keyboard
// where the answer is missing.

class WhatChanged extends HTMLElement {
  connectedCallback() {
    this.hideSpareRows();
    // Wagtail lays out its own panels first.
    requestAnimationFrame(() => this.goToFirstError());
  }

  hideSpareRows() {
    const add = /** @type {HTMLElement | null} */ (this.querySelector("[data-add]"));
    const button = add?.querySelector("button");
    const spare = /** @type {HTMLDetailsElement[]} */ ([
      ...this.querySelectorAll("details[data-spare]"),
    ]);
    if (!add || !button || !spare.length) return;
    spare.forEach((row) => (row.hidden = true));
    add.hidden = false;
    button.addEventListener("click", () => {
      const row = spare.shift();
      if (!row) return;
      row.hidden = false;
      row.open = true;
      row.querySelector("select")?.focus();
      add.hidden = !spare.length;
    });
  }

  goToFirstError() {
    const error = this.querySelector(".w-field--error");
    const field = /** @type {HTMLElement | null | undefined} */ (
      error?.querySelector("select, textarea, input:not([type=hidden])")
    );
    if (!field) return;
    field.setAttribute("aria-invalid", "true");
    field.focus({ preventScroll: true });
    this.scrollIntoView({ block: "start" });
  }
}

customElements.define("what-changed", WhatChanged);
