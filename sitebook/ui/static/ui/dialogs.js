// Links with data-dialog open their page's form in a dialog; the same address opened alone is the page.

const dialog = document.getElementById("dialog");
const body = document.getElementById("dialog-body");
const toasts = document.getElementById("toasts");
let opener = null;

async function open(link) {
  opener = link;
  await htmx.ajax("GET", link.href, { target: "#dialog-body", swap: "innerHTML" });
}

// What opened it; for a line of a menu, which has closed meanwhile, the menu's button.
const returned = () => { const menu = opener?.closest("[popover]"); return menu ? document.querySelector(`[popovertarget="${menu.id}"]`) : opener; };

// Forms inside go back to where they came from, and their answer comes back into the dialog.
function prepare() {
  for (const form of body.querySelectorAll("form[method=post]")) {
    const action = form.getAttribute("action") || opener.getAttribute("href");
    form.setAttribute("action", action);
    form.setAttribute("hx-post", action);
    form.setAttribute("hx-target", "#dialog-body");
    form.setAttribute("hx-swap", "innerHTML");
    form.setAttribute("hx-disabled-elt", "find [type=submit]");
    if (form.enctype === "multipart/form-data") form.setAttribute("hx-encoding", "multipart/form-data");
    htmx.process(form);
  }
  const title = body.querySelector("h1, h2");
  if (title) { title.id ||= "dialog-title"; dialog.setAttribute("aria-labelledby", title.id); dialog.removeAttribute("aria-label"); }
}

if (dialog) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open(link);
  });
  body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== body || !body.firstElementChild) return; // a part of the form was swapped: focus stays
    prepare();
    if (!dialog.open) dialog.showModal();
    dialog.append(toasts); // else they would lie behind it
    (body.querySelector("[data-focus], [autofocus]") ?? body.querySelector("input:not([type=hidden]), select, textarea, button"))?.focus();
  });
  // A page that answers without htmx's part (signed out meanwhile) is opened as a page.
  body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target === body && /^\s*<!doctype/i.test(event.detail.xhr.responseText)) { event.detail.shouldSwap = false; location.href = event.detail.xhr.responseURL || opener.href; }
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog && !dialog.querySelector("form[data-changed]")) dialog.close(); });
  dialog.addEventListener("input", (event) => { const form = event.target.closest("form[method=post]"); if (form) form.dataset.changed = ""; });
  // What was typed is not thrown away by one key.
  dialog.addEventListener("cancel", (event) => {
    const form = dialog.querySelector("form[data-changed]:not([data-warned])");
    if (!form) return;
    event.preventDefault();
    form.dataset.warned = "";
    document.dispatchEvent(new CustomEvent("toast", { detail: document.body.dataset.discard }));
  });
  dialog.addEventListener("close", () => { document.body.append(toasts); body.replaceChildren(); returned()?.focus(); });
  document.addEventListener("dialog:close", () => dialog.close());
}
