// <report-error href="/…/report/" version="3" data-label="Report an error">the story</report-error>:
// selecting words in it offers a link to the report's form, with the sentence after the `#`.
// <report-sentence>the form</report-sentence>: puts that sentence into the form.
// What stands after a `#` is sent to nobody until the reader sends the form.

const LONGEST = 1000;

/** The sentences that a selection touches; what was selected where it goes beyond a paragraph.
 * @param {Range} range @returns {string} */
function sentences(range) {
  const start = range.startContainer.parentElement?.closest("p, li, h2, h3, blockquote, figcaption");
  if (!start?.contains(range.endContainer) || !("Segmenter" in Intl)) return range.toString();
  const before = document.createRange();
  before.setStart(start, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const first = before.toString().length;
  const last = first + range.toString().trimEnd().length;
  const language = start.closest("[lang]")?.getAttribute("lang") ?? "en";
  const parts = new Intl.Segmenter(language, { granularity: "sentence" }).segment(start.textContent ?? "");
  return [...parts]
    .filter(({ index, segment }) => index < last && index + segment.trimEnd().length > first)
    .map(({ segment }) => segment)
    .join("");
}

class ReportError extends HTMLElement {
  #link = document.createElement("a");
  #pressed = false;
  #waiting = 0;

  connectedCallback() {
    this.#link.className = "button button-main report-bar";
    this.#link.textContent = this.dataset.label ?? "";
    this.#link.hidden = true;
    // Pressing a link takes the selection away, and the link with it, before the click arrives.
    this.#link.addEventListener("pointerdown", () => (this.#pressed = true));
    document.addEventListener("pointerup", this.#release);
    document.addEventListener("selectionchange", this.#later);
    this.append(this.#link);
    // The selection that had this module fetched.
    if (String(document.getSelection())) this.#later();
  }

  disconnectedCallback() {
    document.removeEventListener("pointerup", this.#release);
    document.removeEventListener("selectionchange", this.#later);
  }

  #release = () => setTimeout(() => (this.#pressed = false), 500);

  #later = () => {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(this.#offer, 200);
  };

  #offer = () => {
    if (this.#pressed) return;
    const selection = getSelection();
    const range = selection?.rangeCount && !selection.isCollapsed ? selection.getRangeAt(0) : null;
    const inside = range && this.contains(range.commonAncestorContainer);
    const words = inside ? sentences(range).replace(/\s+/g, " ").trim().slice(0, LONGEST) : "";
    this.#link.hidden = !words;
    const said = new URLSearchParams({ sentence: words, version: this.getAttribute("version") ?? "" });
    this.#link.href = `${this.getAttribute("href")}#${said}`;
  };
}

class ReportSentence extends HTMLElement {
  connectedCallback() {
    const said = new URLSearchParams(location.hash.slice(1));
    for (const name of ["sentence", "version"]) {
      const field = /** @type {HTMLInputElement | null} */ (this.querySelector(`[name=${name}]`));
      const words = said.get(name);
      if (field && words && (name === "version" || !field.value.trim())) field.value = words.slice(0, LONGEST);
    }
    if (said.get("sentence")) this.querySelector("#problem")?.focus({ preventScroll: true });
  }
}

customElements.define("report-error", ReportError);
customElements.define("report-sentence", ReportSentence);
