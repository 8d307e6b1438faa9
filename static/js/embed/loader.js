// The campaign's bar on another site: <waylight-campaign campaign="slug" lang="fr" partner="name">.
// It frames our page and gives it its height. Without this script what the element holds, a link, stands.
(() => {
  const home = new URL(document.currentScript.src).origin;

  class WaylightCampaign extends HTMLElement {
    connectedCallback() {
      if (this.querySelector("iframe")) return;
      const slug = this.getAttribute("campaign") ?? "";
      const partner = (this.getAttribute("partner") ?? "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
      const french = (this.getAttribute("lang") ?? document.documentElement.lang).startsWith("fr");
      const frame = document.createElement("iframe");
      frame.src = `${home}${french ? "/fr" : ""}/embed/${encodeURIComponent(slug)}/?via=embed${partner ? `-${partner}` : ""}`;
      frame.title = this.getAttribute("label") ?? (this.textContent ?? "").trim();
      frame.loading = "lazy";
      frame.referrerPolicy = "no-referrer";
      Object.assign(frame.style, { display: "block", width: "100%", height: "16rem", border: "0", colorScheme: "normal" });
      addEventListener("message", (event) => {
        if (event.source !== frame.contentWindow || event.origin !== home) return;
        const height = Number(event.data?.waylightHeight);
        if (height > 0 && height < 2000) frame.style.height = `${height}px`;
      });
      this.style.display = "block";
      this.replaceChildren(frame);
    }
  }

  if (!customElements.get("waylight-campaign")) customElements.define("waylight-campaign", WaylightCampaign);
})();
