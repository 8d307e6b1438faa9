// Wagtail's text editor writes what was typed into the form a quarter of a second after the last
// key: whoever presses Publish sooner would publish the words before. So a press that sends the
// story's form waits until every editor's words are in the form, and is then pressed again.
// It waits for an autosave on its way too: Wagtail would take it for a save in another window.

const SAVES_AFTER = 250; // Draftail's stateSaveInterval, counted from the last key or the blur.
const TOUCHED_WITHIN = 2000;
const LONGEST_WAIT = 15000; // an autosave over a slow line
const LOOK_AGAIN = 50;

/** When an editor was last typed in, clicked or left; milliseconds of `performance.now()`. */
let touched = -Infinity;
let letThrough = false;
let saving = false;

document.addEventListener("w-autosave:save", () => (saving = true));
for (const done of ["success", "error"]) {
  document.addEventListener(`w-autosave:${done}`, () => (saving = false));
}

for (const name of ["beforeinput", "input", "keydown", "paste", "drop", "click", "focusout"]) {
  const seen = (/** @type {Event} */ event) => {
    const target = /** @type {Element} */ (event.target);
    if (target.closest?.("[data-draftail-editor-wrapper]")) touched = performance.now();
  };
  document.addEventListener(name, seen, true);
}

/** @param {any} input  the hidden field, with the editor that fills it */
function isWritten(input) {
  const state = input.draftailEditor?.getEditorState?.();
  if (!state) return true;
  const shown = state.getCurrentContent().getPlainText("\n");
  const blocks = JSON.parse(input.value || "null")?.blocks ?? [];
  return shown === blocks.map((/** @type {{text: string}} */ block) => block.text).join("\n");
}

/** @param {HTMLFormElement} form */
function allWritten(form) {
  return [...form.querySelectorAll("[data-draftail-input]")].every(isWritten);
}

/** @param {HTMLButtonElement} button @param {number} since */
function pressWhenWritten(button, since) {
  const waited = performance.now() - since;
  const form = /** @type {HTMLFormElement} */ (button.form);
  const early = waited < SAVES_AFTER + LOOK_AGAIN;
  if (waited < LONGEST_WAIT && (early || saving || !allWritten(form))) {
    setTimeout(pressWhenWritten, LOOK_AGAIN, button, since);
    return;
  }
  letThrough = true;
  button.click();
  letThrough = false;
}

document.addEventListener(
  "click",
  (event) => {
    const button = /** @type {Element} */ (event.target).closest?.("button[type=submit]");
    if (!(button instanceof HTMLButtonElement) || letThrough) return;
    if (!button.form?.matches("[data-edit-form]")) return;
    const untouched = performance.now() - touched > TOUCHED_WITHIN;
    if (untouched && !saving && allWritten(button.form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    touched = -Infinity;
    pressWhenWritten(button, performance.now());
  },
  true,
);
