// <copy-button text="…"><button hidden data-copied="Copied">Copy</button></copy-button>:
// the button appears only where it can work.

class CopyButton extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!button || !navigator.clipboard) return;
    button.hidden = false;
    const words = button.textContent;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(this.getAttribute("text") ?? "");
      } catch {
        return;
      }
      button.setAttribute("aria-live", "polite");
      button.textContent = button.dataset.copied ?? words;
      setTimeout(() => (button.textContent = words), 2500);
    });
  }
}

customElements.define("copy-button", CopyButton);
