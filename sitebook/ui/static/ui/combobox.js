// The ARIA combobox over a text input and a hidden id. Without this script the typed text is enough for the server.

const WAIT = 150;
let made = 0;

customElements.define("combo-box", class extends HTMLElement {
  connectedCallback() {
    if (this.input) return;
    this.input = this.querySelector("input[type=text]");
    this.chosen = this.querySelector("input[type=hidden]");
    this.list = document.createElement("div");
    this.list.id = `listbox-${++made}`;
    this.list.className = "listbox";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    const label = this.input.labels?.[0]?.textContent.trim() ?? "";
    this.list.setAttribute("aria-label", label);
    this.said = document.createElement("span");
    this.said.className = "visually-hidden";
    this.said.setAttribute("role", "status");
    this.append(this.list, this.said);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id })) this.input.setAttribute(name, value);
    this.taken = this.input.value;
    this.input.addEventListener("input", () => { this.chosen.value = ""; clearTimeout(this.timer); this.timer = setTimeout(() => this.load(), WAIT); });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("click", () => { if (this.list.hidden) this.load(); });
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 120));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.take(event.target.closest("[role=option]")));
  }

  get options() { return [...this.list.querySelectorAll("[role=option]:not([aria-disabled=true])")]; }
  get active() { return this.list.querySelector("[aria-selected=true]"); }

  async load() {
    const query = this.chosen.value ? "" : this.input.value.trim();
    this.abort?.abort();
    this.abort = new AbortController();
    if (query.length === 1 && this.dataset.more) { this.list.replaceChildren(); this.say(this.dataset.more); return; }
    const url = new URL(this.dataset.source, location.href);
    url.searchParams.set("q", query);
    const beside = this.input.dataset.beside;
    if (beside) url.searchParams.set(beside, this.input.form?.elements[beside]?.value ?? "");
    try {
      const answer = await fetch(url, { signal: this.abort.signal, headers: { "HX-Request": "true", Accept: "text/html" } });
      if (!answer.ok) throw new Error(answer.status);
      this.list.innerHTML = await answer.text();
    } catch (wrong) {
      if (wrong.name !== "AbortError") this.close();
      return;
    }
    if (document.activeElement !== this.input) return;
    [...this.list.querySelectorAll("[role=option]")].forEach((option, place) => { option.id = `${this.list.id}-${place}`; });
    const count = this.options.length;
    if (!count && !query) return this.close();
    this.say(count ? this.dataset.found.replace("{n}", count) : this.dataset.none);
    if (!this.list.querySelector("[role=option]")) this.note(this.dataset.none);
    this.open();
    this.mark(query ? this.options[0] : null);
  }

  note(text) {
    const line = document.createElement("div");
    line.className = "heading";
    line.setAttribute("role", "presentation");
    line.textContent = text;
    this.list.replaceChildren(line);
  }

  key(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) return this.load();
      const options = this.options, at = options.indexOf(this.active), step = event.key === "ArrowDown" ? 1 : -1;
      if (options.length) this.mark(options[at < 0 ? (step > 0 ? 0 : options.length - 1) : (at + step + options.length) % options.length]);
    } else if (event.key === "Enter" && !this.list.hidden && this.active) {
      event.preventDefault();
      this.take(this.active);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Tab" && !this.list.hidden && this.active && !this.chosen.value && this.input.value) {
      this.take(this.active);
    }
  }

  mark(option) {
    this.active?.setAttribute("aria-selected", "false");
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  take(option) {
    if (!option || option.getAttribute("aria-disabled") === "true") return;
    this.chosen.value = option.dataset.value;
    this.input.value = option.dataset.label;
    this.close();
    this.chosen.dispatchEvent(new Event("change", { bubbles: true }));
    if (this.input.dataset.fills) this.fill();
  }

  // What was chosen fills other fields: those that are empty, or hold what the choice before filled in.
  async fill() {
    const url = new URL(this.input.dataset.fills, location.href);
    url.searchParams.set(this.chosen.name, this.chosen.value);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const brought = await answer.json();
    for (const [name, text] of Object.entries(brought)) {
      const field = this.input.form?.elements[name];
      if (field && text && (!field.value || field.value === this.filled?.[name])) field.value = text;
    }
    this.filled = brought;
  }

  open() { this.list.hidden = false; this.input.setAttribute("aria-expanded", "true"); }
  close() { this.list.hidden = true; this.input.setAttribute("aria-expanded", "false"); this.mark(null); }
  say(text) { this.said.textContent = text; }
});
