// Lists: filter while typing, choose rows, move by keys, a second sort with Shift.

const rows = () => [...document.querySelectorAll(".table.list tbody tr, .rows.list > li")];
const linkOf = (row) => row?.querySelector("th a") ?? row?.querySelector("a"); // whichever column stands first
const boxOf = (row) => row?.querySelector("[name=pick]");
const bar = () => document.querySelector("selection-bar");
let last = null;
// Coming back from a record one goes on from its row.
let at = rows().find((row) => linkOf(row)?.getAttribute("href") === sessionStorage.getItem("steps-last")) ?? null;

// ---- filter while typing: the address keeps up ----
let waiting = null;
let typed = null;
async function refresh(form) {
  const data = new FormData(form);
  const params = new URLSearchParams();
  for (const [key, value] of data) if (value) params.append(key, value);
  const url = params.size ? `${form.action.split("?")[0]}?${params}` : form.action.split("?")[0];
  typed?.abort();
  typed = new AbortController();
  const list = document.getElementById("list");
  list.setAttribute("aria-busy", "true");
  let page;
  try {
    const answer = await fetch(url, { signal: typed.signal });
    if (!answer.ok || answer.redirected) { location.href = url; return; }
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch (wrong) {
    if (wrong.name !== "AbortError") { list.setAttribute("aria-busy", "false"); document.dispatchEvent(new CustomEvent("toast", { detail: document.body.dataset.offline })); }
    return;
  }
  for (const id of ["list", "list-chips", "list-count", "list-all", "list-views", "list-ways", "list-groups"]) {
    const fresh = page.getElementById(id), old = document.getElementById(id);
    if (fresh && old) { old.replaceWith(fresh); globalThis.htmx?.process(fresh); }
  }
  history.replaceState(null, "", url);
  last = at = null;
  show();
}
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-live] [type=search]") || !document.getElementById("list")) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => refresh(event.target.form), 220);
});
document.addEventListener("submit", (event) => {
  if (event.submitter?.hasAttribute("formaction")) return;
  if (!event.target.matches("[data-live]") || !document.getElementById("list")) return;
  event.preventDefault();
  clearTimeout(waiting);
  document.getElementById("filters")?.hidePopover?.();
  refresh(event.target);
});

// ---- the order of the columns: a button moves its line, "Show" sends them all ----
document.addEventListener("click", (event) => {
  const button = event.target.closest("#columns :is([name=up], [name=down])");
  if (!button) return;
  event.preventDefault();
  const line = button.closest("li");
  if (button.name === "up") line.previousElementSibling?.before(line);
  else line.nextElementSibling?.after(line);
  button.focus();
});

// ---- menus are filled when one is opened; without scripts a link in them leads to the page that has them ----
let late = null;
const choices = () => (late ??= fetchChoices());
async function fetchChoices() {
  const waiting = [...document.querySelectorAll(".popover[data-late]")];
  if (!waiting.length) return;
  try {
    const answer = await fetch(waiting[0].querySelector("a").href);
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const menu of waiting) {
      const fresh = page.getElementById(menu.id);
      if (!fresh) continue;
      const inside = menu.contains(document.activeElement);
      menu.replaceChildren(...fresh.childNodes);
      if (inside) menu.querySelector("input:not([type=hidden]), select, button, a")?.focus();
      menu.removeAttribute("data-late");
    }
  } catch {
    late = null; // the next opening tries again
    document.dispatchEvent(new CustomEvent("toast", { detail: document.body.dataset.offline }));
  }
}
for (const menu of document.querySelectorAll(".popover[data-late]")) menu.addEventListener("toggle", (event) => { if (event.newState === "open") choices(); });

// ---- choose rows; tags that the filter knows are offered to the bar, once somebody goes there ----
const tag = document.getElementById("bulk-tag");
tag?.addEventListener("focus", async () => {
  await choices();
  const known = document.querySelectorAll("#filters [name=tag][type=checkbox]");
  if (!known.length || document.getElementById("bulk-tags")) return;
  const offered = document.createElement("datalist");
  offered.id = "bulk-tags";
  for (const { value } of known) offered.append(new Option(value, value));
  tag.after(offered);
  tag.setAttribute("list", offered.id);
});
function show() {
  const one = bar();
  if (!one) return;
  const picked = rows().filter((row) => boxOf(row)?.checked).length;
  const words = one.querySelector("[data-count]"), every = one.querySelector("[data-every]"), whole = every?.querySelector("input");
  if (every) { every.hidden = !picked || picked < rows().length; if (every.hidden) whole.checked = false; }
  words.textContent = whole?.checked ? every.dataset.every : picked === 1 ? words.dataset.one : words.dataset.many.replace("{n}", picked);
  one.classList.toggle("on", picked > 0);
  const all = document.querySelector("[data-pick-all]");
  if (all) { all.checked = picked > 0 && picked === rows().length; all.indeterminate = picked > 0 && picked < rows().length; }
}
function pick(row, on, through) {
  const list = rows();
  const [from, to] = [list.indexOf(through && last ? last : row), list.indexOf(row)].sort((a, b) => a - b);
  for (const each of list.slice(Math.max(from, 0), to + 1)) if (boxOf(each)) boxOf(each).checked = on;
  last = at = row;
  show();
}
document.addEventListener("click", (event) => {
  if (event.target.matches("[name=pick]")) pick(event.target.closest("tr, li"), event.target.checked, event.shiftKey);
  if (event.target.matches("[data-pick-all]")) { for (const row of rows()) if (boxOf(row)) boxOf(row).checked = event.target.checked; show(); }
  if (event.target.closest("selection-bar [data-clear]")) { clear(); enter(at); }
  if (event.target.matches("[data-every] input")) show();
  const also = event.shiftKey && event.target.closest("[data-also]");
  if (also) { event.preventDefault(); location.href = also.dataset.also; }
});
function clear() { for (const row of rows()) if (boxOf(row)) boxOf(row).checked = false; last = null; show(); }

// ---- keys: arrow down leaves the filter, j and k walk, x picks, b goes to the bar, Esc clears ----
const enter = (row) => (linkOf(row) ?? boxOf(row))?.focus();
document.addEventListener("keydown", (event) => {
  const leaves = event.key === "ArrowDown" && event.target.matches("[data-filter]") ? rows()[0] : event.key === "Escape" && event.target.closest("selection-bar") ? at : null;
  if (!leaves) return;
  event.preventDefault();
  enter(at = leaves);
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  const list = rows();
  const key = event.key.toLowerCase();
  if (!list.length) return;
  const here = event.target.closest("tbody tr, .rows.list > li") ?? (list.includes(at) ? at : null);
  const among = !document.querySelector("record-steps:not([hidden])") || event.target.closest("#list");
  if (among && (key === "j" || key === "k")) {
    event.preventDefault();
    const place = list.indexOf(here) + (key === "j" ? 1 : -1);
    const on = place === list.length ? document.querySelector("#list .pager [rel=next]") : null; // Enter turns the page
    at = list[Math.min(Math.max(place, 0), list.length - 1)];
    on ? on.focus() : enter(at);
  } else if (key === "x" && here && boxOf(here)) {
    event.preventDefault();
    pick(here, event.shiftKey || !boxOf(here).checked, event.shiftKey);
  } else if (key === "b" && bar()?.classList.contains("on")) {
    event.preventDefault();
    [...bar().querySelectorAll("input, select, button, a")].find((each) => each.checkVisibility())?.focus();
  } else if (event.key === "Escape" && bar()?.classList.contains("on") && !document.querySelector(":popover-open")) {
    clear();
  }
});
// Of many views the present one is in sight, with what can be done to it.
document.querySelector(".views [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
addEventListener("pageshow", show);
show();
