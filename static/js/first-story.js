// <first-story><input name="first" …></first-story>: puts into the give form what the reader's own tab
// remembers of the visit (start.js): its first story, its last one where the link named none, how it
// came and on what. So a gift is credited within the visit, by no cookie.

const REMEMBERED = { first: "first-story", from: "last-story", came: "came", arm: "arm" };

class FirstStory extends HTMLElement {
  connectedCallback() {
    const form = this.closest("form");
    /** @param {string} name @param {string | null} value */
    const fill = (name, value) => {
      const field = /** @type {HTMLInputElement | null | undefined} */ (form?.querySelector(`input[name=${name}]`));
      if (field && !field.value) field.value = value ?? "";
    };
    fill("device", innerWidth < 640 ? "phone" : innerWidth < 1024 ? "tablet" : "desktop");
    try {
      for (const [name, key] of Object.entries(REMEMBERED)) fill(name, sessionStorage.getItem(key));
    } catch {
      // No storage: what the link says is all that is known.
    }
  }
}

customElements.define("first-story", FirstStory);
