// What is pasted from Google Docs or Word keeps its words, bold, italics and links.
//
// Google Docs puts everything within a <b> that says it is not bold, and says what is bold by
// `style`; the text editor believes the tag. Word adds tags of its own with a hard space in each.
// So the clipboard's HTML is put right before the editor reads it.

const BOLD = new Set(["bold", "bolder", "600", "700", "800", "900"]);
const PLAIN = new Set(["normal", "lighter", "100", "200", "300", "400"]);

/** @param {Element} node */
function unwrap(node) {
  node.replaceWith(...node.childNodes);
}

/** @param {Element} node @param {string} tag */
function wrap(node, tag) {
  const around = node.ownerDocument.createElement(tag);
  around.append(...node.childNodes);
  node.append(around);
}

/** @param {string} html */
function clean(html) {
  const doc = new DOMParser().parseFromString(html, "text/html");
  for (const node of doc.querySelectorAll("style, script, meta, title, xml, o\\:p")) {
    if (node.localName === "o:p" && node.textContent.trim()) unwrap(node);
    else node.remove();
  }
  for (const node of doc.querySelectorAll("b, strong")) {
    if (PLAIN.has(node.style.fontWeight)) unwrap(node);
  }
  for (const node of doc.querySelectorAll("i, em")) {
    if (node.style.fontStyle === "normal") unwrap(node);
  }
  for (const node of doc.querySelectorAll("span, font")) {
    if (BOLD.has(node.style.fontWeight)) wrap(node, "b");
    if (node.style.fontStyle === "italic") wrap(node, "i");
  }
  for (const node of doc.querySelectorAll("[style], [class]")) {
    node.removeAttribute("style");
    node.removeAttribute("class");
  }
  return doc.body.innerHTML;
}

// Those that were put right and are on their way to the editor.
const ours = new WeakSet();

/** @param {ClipboardEvent} event */
function paste(event) {
  const html = event.clipboardData?.getData("text/html");
  const place = event.target.closest?.(".Draftail-Editor [contenteditable=true]");
  // What the editor copied itself carries the blocks as they are.
  if (!html || !place || ours.has(event) || html.includes("data-draftjs-conductor")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const data = new DataTransfer();
  data.setData("text/html", clean(html));
  data.setData("text/plain", event.clipboardData.getData("text/plain"));
  const again = new ClipboardEvent("paste", {
    clipboardData: data,
    bubbles: true,
    cancelable: true,
  });
  ours.add(again);
  event.target.dispatchEvent(again);
}

document.addEventListener("paste", paste, { capture: true });
