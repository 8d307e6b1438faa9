// <comment-box src="/comments/12/">: brings the form to write a comment (or the line that says how
// to sign in) into a page that is the same for everybody, and sends it without leaving the page.

class CommentBox extends HTMLElement {
  async connectedCallback() {
    await this.#load(new Request(this.getAttribute("src") ?? ""));
    this.addEventListener("submit", this.#send);
  }

  /** @param {Event} event */
  #send = async (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
    event.preventDefault();
    const button = form.querySelector("button:not([type=button])");
    button?.setAttribute("aria-disabled", "true");
    const sent = await this.#load(new Request(form.action, { method: "POST", body: new FormData(form) }));
    if (!sent) form.submit();
    else this.querySelector("[role=alert], [role=status], [aria-invalid=true]")?.scrollIntoView({ block: "nearest" });
  };

  /** Show what the server answers, also when it refuses; false when nobody answered.
   * @param {Request} request @returns {Promise<boolean>} */
  async #load(request) {
    try {
      // Headers given to fetch would replace the request's own, the form's boundary among them.
      request.headers.set("X-Requested-With", "fetch");
      const answer = await fetch(request);
      if (answer.status >= 500) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const part = page.querySelector("[data-comment-box]") ?? page.body;
      this.replaceChildren(...[...part.childNodes].map((node) => document.importNode(node, true)));
      return true;
    } catch {
      this.#fail();
      return false;
    }
  }

  #fail() {
    if (this.querySelector("[role=alert]")) return;
    const line = document.createElement("p");
    line.setAttribute("role", "alert");
    line.className = "field-error";
    line.textContent = this.dataset.failed ?? "";
    this.append(line);
  }
}

customElements.define("comment-box", CommentBox);
