// Every page: theme, keys, toasts, lines that can be added, and what errors need.

const icons = document.body.dataset.icons;

customElements.define("theme-switch", class extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.addEventListener("click", (event) => {
      const choice = event.target.closest("[data-choice]")?.dataset.choice;
      if (!choice) return;
      document.cookie = `theme=${choice}; path=/; max-age=31536000; samesite=lax`;
      if (choice === "device") delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = choice;
      for (const button of this.querySelectorAll("[data-choice]")) button.setAttribute("aria-pressed", button.dataset.choice === choice);
    });
  }
});

customElements.define("toast-note", class extends HTMLElement {
  connectedCallback() {
    if (!this.querySelector("[data-close-toast]")) {
      const close = document.createElement("button");
      close.type = "button";
      close.className = "button small only";
      close.dataset.closeToast = "";
      close.setAttribute("aria-label", document.body.dataset.closeWord);
      close.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${icons}#close"/></svg>`;
      close.addEventListener("click", () => this.remove());
      this.append(close);
    }
    if (!("stays" in this.dataset)) this.wait();
  }
  wait() {
    const long = this.querySelector("form") ? 12000 : 6000;
    let timer = setTimeout(() => this.remove(), long);
    for (const name of ["pointerenter", "focusin"]) this.addEventListener(name, () => clearTimeout(timer));
    for (const name of ["pointerleave", "focusout"]) this.addEventListener(name, () => { timer = setTimeout(() => this.remove(), long); });
  }
});

// A Django formset: an empty line is a template; a removed line is marked, or left empty when it was never saved.
customElements.define("repeat-rows", class extends HTMLElement {
  connectedCallback() {
    this.add = this.querySelector("[data-add]");
    this.add.hidden = false;
    this.add.addEventListener("click", () => this.append_());
    for (const row of this.querySelectorAll("[data-row]")) this.ready(row);
  }
  append_() {
    const total = this.querySelector(`[name="${this.dataset.prefix}-TOTAL_FORMS"]`);
    const holder = document.createElement("div");
    holder.innerHTML = this.querySelector("template").innerHTML.replaceAll("__prefix__", total.value);
    total.value = Number(total.value) + 1;
    const row = holder.firstElementChild;
    this.querySelector("[data-rows]").append(row);
    this.ready(row);
    (row.querySelector("input:not([type=hidden], [type=checkbox])") ?? row.querySelector("select"))?.focus();
  }
  ready(row) {
    const box = row.querySelector("[name$=-DELETE]");
    if (box) box.closest("label").hidden = true;
    const button = row.querySelector("[data-remove]");
    button.hidden = false;
    button.addEventListener("click", () => {
      if (box) box.checked = true;
      for (const input of row.querySelectorAll("input:not([type=hidden], [type=checkbox])")) if (!box) input.value = "";
      row.hidden = true;
      (row.parentElement.querySelector("[data-row]:not([hidden]) input:not([type=hidden])") ?? this.add).focus();
    });
  }
});

const focusErrors = (root) => root.querySelector?.("[data-focus]")?.focus();
focusErrors(document);
document.addEventListener("htmx:afterSwap", (event) => focusErrors(event.detail.target));
// A part that is exchanged does not take the focus with it: what has its place and words gets it back.
const looks = (one) => [one.tagName, one.id, one.name, one.ariaLabel, one.textContent.trim()].join();
let held = "";
document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  const one = document.activeElement;
  held = one !== document.body && target.contains(one) ? looks(one) : "";
});
document.addEventListener("htmx:afterSettle", () => {
  if (held && document.activeElement === document.body) [...document.querySelectorAll("a, button, input, select, textarea")].find((one) => looks(one) === held)?.focus();
  held = "";
});
document.addEventListener("htmx:sendError", () => document.dispatchEvent(new CustomEvent("toast", { detail: document.body.dataset.offline })));
document.addEventListener("toast", (event) => {
  const note = document.createElement("toast-note");
  note.className = "toast";
  const words = document.createElement("span");
  words.textContent = event.detail?.value ?? event.detail;
  note.append(words);
  document.getElementById("toasts").append(note);
});

// Words in use are fetched when their field is first opened; without them the field takes what is typed all the same.
document.addEventListener("focusin", async ({ target }) => {
  const list = target.matches?.("input[list]") ? target.list : null;
  const source = list?.dataset.source;
  if (!source) return;
  delete list.dataset.source;
  const answer = await fetch(source, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.ok && !answer.redirected) list.innerHTML = await answer.text();
  else list.dataset.source = source;
});

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("form [aria-busy=true]")) button.removeAttribute("aria-busy");
});

// The search opens at once, so that no key typed meanwhile is lost; on its own page it is there already.
function search() {
  const dialog = document.getElementById("search");
  const field = document.querySelector("search-box input");
  if (dialog && !dialog.open) dialog.showModal();
  field.focus();
  field.select();
  if (!field.value) field.dispatchEvent(new Event("opened"));
}
document.getElementById("search")?.addEventListener("click", (event) => { if (event.target.id === "search") event.target.close(); });

// Some keys are two letters, G first.
let gone = 0;
function keyed(key) {
  const second = Date.now() - gone < 1500;
  gone = !second && key === "g" ? Date.now() : 0;
  return document.querySelector(`[data-${second ? "go" : "key"}="${CSS.escape(key)}"]`);
}

const findFilter = () => document.querySelector("[data-filter]");
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-search]") && !(event.ctrlKey || event.metaKey || event.shiftKey)) { event.preventDefault(); search(); }
  const close = event.target.closest("[data-close]");
  const dialog = close?.closest("dialog");
  if (dialog) { event.preventDefault(); dialog.close(); }
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    if (document.querySelector("search-box")) search();
  }
  // What is typed is saved by the form's own button, from any of its fields.
  const chief = (event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.form?.querySelector(".primary[aria-keyshortcuts='Control+Enter']");
  if (chief) { event.preventDefault(); chief.click(); }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "/") {
    event.preventDefault();
    if (document.querySelector("search-box")) search();
  } else if (event.key.toLowerCase() === "f" && findFilter()) {
    event.preventDefault();
    findFilter().focus();
    findFilter().select();
  } else if (event.key === "?") {
    document.getElementById("keys")?.showModal();
  } else if (event.key.length === 1) {
    const target = keyed(event.key.toLowerCase());
    if (target) { event.preventDefault(); target.click(); }
  }
});

// What is found is a list of links: arrows go through it, Enter in the field opens the first.
customElements.define("search-box", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => {
      const field = this.querySelector("input");
      const stops = [field, ...this.querySelectorAll(".found a")];
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
      } else if (event.key === "Enter" && event.target === field && stops[1] && !this.querySelector(".htmx-request") && field.value.trim().length > 1) {
        event.preventDefault();
        stops[1].click();
      }
    });
  }
});
