// <embed-on-click src="https://…" name="…"> holds an offer: a link to the service's own page, and a
// hidden button. The button puts the service's frame in the offer's place; before, nothing loads.

class EmbedOnClick extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => this.show());
  }

  show() {
    const frame = document.createElement("iframe");
    frame.src = this.getAttribute("src") ?? "";
    frame.title = this.getAttribute("name") ?? "";
    frame.allow = "fullscreen; encrypted-media; picture-in-picture";
    frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-popups allow-forms");
    this.replaceChildren(frame);
    frame.focus();
  }
}

customElements.define("embed-on-click", EmbedOnClick);
