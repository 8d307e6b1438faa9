// <first-story><input name="first" …></first-story>: puts the visit's first story, remembered by
// start.js, into the give form, so that a gift also credits the story that began the visit.

class FirstStory extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("input");
    if (!field || field.value) return;
    try {
      field.value = sessionStorage.getItem("first-story") ?? "";
    } catch {
      // No storage, no first story.
    }
  }
}

customElements.define("first-story", FirstStory);
