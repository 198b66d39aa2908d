// A board: its cards are dragged with the mouse or a pen, or moved by keys. By touch the button of a card asks where to,
// for there a drag scrolls. Whether a card may go there is said by the server: it stays where it was when not.

const FROM = 5; // pixels before a press becomes a drag
const EDGE = 48; // so near to its edge a board scrolls along

customElements.define("card-board", class extends HTMLElement {
  connectedCallback() {
    this.board = this.querySelector(".board");
    this.said = this.querySelector("[role=status]");
    this.addEventListener("dragstart", (event) => event.preventDefault()); // links would be dragged by themselves
    this.addEventListener("pointerdown", (event) => this.press(event));
    this.addEventListener("pointermove", (event) => this.pull(event));
    this.addEventListener("pointerup", () => this.drop());
    this.addEventListener("pointercancel", () => this.leave());
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("focusout", (event) => { if (this.lifted && !this.contains(event.relatedTarget)) this.letGo(); });
  }

  lanes() { return [...this.querySelectorAll(".lane")]; }
  cards(lane) { return [...lane.querySelectorAll(".card")]; }
  nameOf(card) { return card.querySelector(".title a").textContent; }
  mark(lane) { for (const each of this.lanes()) each.classList.toggle("target", each === lane); }
  tell(words, values = {}) { this.said.textContent = Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), this.dataset[words]); }

  // ---- with the mouse ----
  press(event) {
    const card = event.target.closest(".card");
    if (!card?.querySelector("[data-move]") || event.button || event.pointerType === "touch" || event.target.closest("[data-move]")) return;
    this.drag = { card, x: event.clientX, y: event.clientY };
  }
  pull(event) {
    const drag = this.drag;
    if (!drag) return;
    const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.shadow) {
      if (Math.hypot(x, y) < FROM) return;
      this.setPointerCapture(event.pointerId); // the click that ends it opens no link
      getSelection().removeAllRanges();
      const box = drag.card.getBoundingClientRect();
      drag.shadow = drag.card.cloneNode(true);
      drag.shadow.inert = true;
      drag.shadow.classList.add("lifted", "flying");
      Object.assign(drag.shadow.style, { left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px` });
      this.append(drag.shadow);
      drag.card.classList.add("ghost");
      this.classList.add("dragging");
    }
    drag.shadow.style.translate = `${x}px ${y}px`;
    const box = this.board.getBoundingClientRect();
    this.board.scrollLeft += event.clientX > box.right - EDGE ? 12 : event.clientX < box.left + EDGE ? -12 : 0;
    const lane = document.elementFromPoint(event.clientX, event.clientY)?.closest(".lane");
    drag.lane = lane && this.contains(lane) && lane !== drag.card.closest(".lane") ? lane : null;
    this.mark(drag.lane);
  }
  drop() {
    const { card, lane } = this.drag ?? {};
    this.leave();
    if (lane) this.move(card, lane);
  }
  leave() {
    this.drag?.shadow?.remove();
    this.drag?.card.classList.remove("ghost");
    this.classList.remove("dragging");
    this.mark(null);
    this.drag = null;
  }

  // ---- by keys ----
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === "Escape" && this.drag) { event.preventDefault(); return this.leave(); }
    const card = event.target.closest(".card");
    if (!card) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const movable = card.querySelector("[data-move]");
    if (this.lifted) {
      if (step) this.over(step);
      else if (event.key === "Enter" || event.key === " ") this.put();
      else if (event.key === "Escape") { this.tell("back", { name: this.nameOf(card) }); this.letGo(); }
      else return;
    } else if (event.key === " " && movable && event.target !== movable) this.lift(card);
    else if (event.key.toLowerCase() === "s" && movable) movable.click();
    else if (step) this.across(card, step);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") this.along(card, event.key === "ArrowDown" ? 1 : -1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  lift(card) {
    const lane = card.closest(".lane");
    this.lifted = { card, lane, home: lane };
    card.classList.add("lifted");
    this.tell("lifted", { name: this.nameOf(card) });
  }
  over(step) {
    const lanes = this.lanes(), place = lanes.indexOf(this.lifted.lane) + step;
    const lane = lanes[place];
    if (!lane) return;
    this.lifted.lane = lane;
    this.mark(lane === this.lifted.home ? null : lane);
    lane.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.tell("over", { lane: lane.querySelector("h2").textContent, place: place + 1, count: lanes.length });
  }
  put() {
    const { card, lane, home } = this.lifted;
    this.letGo();
    if (lane !== home) this.move(card, lane);
  }
  letGo() {
    this.lifted?.card.classList.remove("lifted");
    this.lifted = null;
    this.mark(null);
  }
  along(card, step) {
    const stops = [...card.closest("ol").querySelectorAll(".card .title a:not([data-move]), .more a")];
    stops[stops.indexOf(card.querySelector(".title a")) + step]?.focus();
  }
  across(card, step) {
    const lanes = this.lanes(), row = this.cards(card.closest(".lane")).indexOf(card);
    for (let at = lanes.indexOf(card.closest(".lane")) + step; lanes[at]; at += step) {
      const cards = this.cards(lanes[at]);
      if (cards.length) return cards[Math.min(row, cards.length - 1)].querySelector(".title a").focus();
    }
  }

  // ---- the move itself ----
  async move(card, lane) {
    const link = card.querySelector("[data-move]");
    const home = card.closest(".lane"), after = card.nextElementSibling;
    const held = card.contains(document.activeElement);
    lane.querySelector("ol").prepend(card);
    card.setAttribute("aria-busy", "true");
    const sent = new URLSearchParams({ to: lane.dataset.lane, csrfmiddlewaretoken: this.querySelector("[name=csrfmiddlewaretoken]").value });
    const address = new URL(link.href);
    address.searchParams.set("part", "card");
    let answer = null;
    try {
      answer = await fetch(address, { method: "POST", body: sent, headers: { "HX-Request": "true" } });
    } catch {
      document.dispatchEvent(new CustomEvent("toast", { detail: document.body.dataset.offline }));
    }
    card.removeAttribute("aria-busy");
    const form = answer?.headers.get("HX-Redirect");
    const done = answer?.ok && !answer.redirected && !form;
    if (!done) after?.isConnected ? after.before(card) : home.querySelector("ol").append(card);
    if (held) card.querySelector(".title a").focus();
    if (form || answer?.redirected) { location.href = form || address.pathname; return; }
    if (!answer) return;
    document.getElementById("toasts").insertAdjacentHTML("beforeend", await answer.text());
    if (done) await Promise.all([home, lane].map((each) => this.recount(each)));
  }
  async recount(lane) {
    const answer = await fetch(lane.dataset.url, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".count");
    const now = document.getElementById(lane.id)?.querySelector(".count");
    if (fresh && now) now.textContent = fresh.textContent;
  }
});
