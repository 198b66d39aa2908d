// Files dropped on a record's tab, or chosen, are sent one by one; each says how far it is and what is wrong with it.
// While the server is busy with others a file waits and is sent again, for a few minutes.
const TRIES = 30;

customElements.define("drop-zone", class extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.lines = this.querySelector("[data-progress]");
    this.queue = [];
    this.form.querySelector("[type=submit]").hidden = true;
    for (const input of this.querySelectorAll("[type=file]"))
      input.addEventListener("change", () => { this.take(input.files); input.value = ""; });
    const ground = this.closest(".contents") ?? this;
    let inside = 0;
    const carries = (event) => event.dataTransfer?.types.includes("Files");
    const mark = () => this.form.classList.toggle("target", inside > 0);
    ground.addEventListener("dragenter", (event) => { if (carries(event)) { inside += 1; mark(); } });
    ground.addEventListener("dragleave", (event) => { if (carries(event)) { inside -= 1; mark(); } });
    ground.addEventListener("dragover", (event) => { if (carries(event)) event.preventDefault(); });
    ground.addEventListener("drop", (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      inside = 0;
      mark();
      this.take(event.dataTransfer.files);
    });
  }
  take(files) {
    const outcome = document.getElementById("outcome");
    if (!this.busy) { outcome.replaceChildren(); this.added = 0; }
    for (const file of files) {
      if (file.size > Number(this.dataset.limit)) {
        const size = `${(file.size / 1048576).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} MB`;
        this.wrong(this.dataset.tooLarge.replace("{name}", () => file.name).replace("{size}", () => size));
      } else {
        this.queue.push([file, this.line(file.name)]);
      }
    }
    if (!this.busy) this.work();
  }
  line(name) {
    const line = document.createElement("li");
    const [words, bar, state] = ["span", "progress", "small"].map((tag) => document.createElement(tag));
    words.textContent = name;
    words.className = "truncate";
    bar.className = "progress";
    bar.value = 0;
    bar.setAttribute("aria-label", name);
    state.textContent = this.dataset.waiting;
    line.append(words, bar, state);
    this.lines.append(line);
    return { line, bar, state };
  }
  async work() {
    this.busy = true;
    while (this.queue.length) {
      const [file, line] = this.queue.shift();
      let left = TRIES, wait = await this.send(file, line, left);
      while (wait) {
        await new Promise((done) => setTimeout(done, wait * 1000));
        wait = await this.send(file, line, --left);
      }
    }
    this.busy = false;
    if (!this.added) return;
    await this.refresh();
    const said = this.added === 1 ? this.dataset.addedOne : this.dataset.addedMany.replace("{n}", this.added);
    document.dispatchEvent(new CustomEvent("toast", { detail: said }));
  }
  // Gives how many seconds to wait before it is worth sending again, 0 when it is done with.
  send(file, { line, bar, state }, left) {
    return new Promise((done) => {
      const data = new FormData(this.form);
      data.delete("files");
      data.append("files", file);
      const request = new XMLHttpRequest();
      request.open("POST", this.form.action);
      request.setRequestHeader("HX-Request", "true");
      request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        bar.value = event.loaded / event.total;
        state.textContent = event.loaded < event.total ? `${Math.round(bar.value * 100)} %` : this.dataset.looking;
      });
      request.upload.addEventListener("load", () => { bar.removeAttribute("value"); state.textContent = this.dataset.looking; });
      request.addEventListener("loadend", () => {
        if (request.status === 503 && left > 0) {
          bar.value = 0;
          state.textContent = this.dataset.waiting;
          done(Number(request.getResponseHeader("Retry-After")) || 5);
          return;
        }
        line.remove();
        this.answered(request, file.name);
        done(0);
      });
      request.send(data);
    });
  }
  answered(request, name) {
    const page = new DOMParser().parseFromString(request.responseText ?? "", "text/html");
    const said = page.querySelectorAll(".banner, .toast");
    if (request.status === 200 && page.querySelector(".banner.good")) this.added += 1;
    else if (said.length) for (const each of said) this.wrong(each.textContent.trim());
    else this.wrong(this.dataset.broken.replace("{name}", () => name));
  }
  wrong(sentence) {
    const banner = this.querySelector("template").content.firstElementChild.cloneNode(true);
    banner.querySelector("span").textContent = sentence;
    document.getElementById("outcome").append(banner);
  }
  async refresh() {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const where of ["#list", ".tabs"]) {
      const fresh = page.querySelector(where), old = document.querySelector(where);
      if (fresh && old) { old.replaceWith(fresh); globalThis.htmx?.process(fresh); }
    }
  }
});
