// The next and the previous record. The list one comes from is remembered in this tab: the addresses of its rows and of
// the pages before and after them. A record that is among them says its place; any other says nothing.

const LAST = "steps-last";
const control = document.querySelector("record-steps");
const plain = (address) => address.split(/[?#]/)[0];
const shelf = (path) => `steps/${path.split("/")[1]}`;
const linkOf = (row) => row.querySelector("th a") ?? row.querySelector("a"); // whichever column stands first

function listed(page) {
  const list = page.getElementById("list");
  if (!list?.dataset.first) return null;
  const to = (way) => list.querySelector(`.pager [rel=${way}]`)?.getAttribute("href") ?? "";
  return {
    who: control.dataset.who,
    rows: [...list.querySelectorAll("tbody tr")].map((row) => linkOf(row)?.getAttribute("href")).filter(Boolean),
    first: Number(list.dataset.first), count: list.dataset.count, before: to("prev"), after: to("next"),
  };
}

function recall(path) {
  const memory = JSON.parse(sessionStorage.getItem(shelf(path)) ?? "null");
  return memory?.who === control.dataset.who ? memory : null;
}

// One page further, or one page back; what changed in the list meanwhile may bring rows that are known already.
async function extend(memory, way) {
  const answer = await fetch(memory[way]).catch(() => null); // no connection: then it ends here
  if (!answer?.ok || answer.redirected) return;
  const more = listed(new DOMParser().parseFromString(await answer.text(), "text/html"));
  if (!more) return;
  const fresh = more.rows.filter((row) => !memory.rows.includes(row));
  if (way === "after") memory.rows.push(...fresh);
  else if (fresh.length) { memory.rows.unshift(...fresh); memory.first = more.first; }
  memory[way] = fresh.length ? more[way] : "";
}

// Where a row leads: to the same tab as here, where one is open.
function leading(row, here) {
  const rest = here && location.pathname.startsWith(plain(here)) ? location.pathname.slice(plain(here).length) : "";
  return plain(row) + rest + row.slice(plain(row).length);
}

function point(way, row, here) {
  const link = control.querySelector(`[data-way=${way}]`);
  if (row) link.href = leading(row, here);
  for (const [name, value] of [["role", "link"], ["aria-disabled", "true"]]) row ? link.removeAttribute(name) : link.setAttribute(name, value);
}

async function say(tabs) {
  const found = [location, ...tabs].map(({ pathname: path, search }) => {
    const memory = recall(path), whole = memory?.rows.indexOf(path + search) ?? -1;
    return { memory, at: whole < 0 ? memory?.rows.findIndex((row) => path.startsWith(plain(row))) ?? -1 : whole };
  }).find(({ at }) => at >= 0);
  if (!found) return;
  const { memory, at } = found, here = memory.rows[at];
  if (at === memory.rows.length - 1 && memory.after) await extend(memory, "after");
  if (at === 0 && memory.before) await extend(memory, "before");
  sessionStorage.setItem(shelf(here), JSON.stringify(memory));
  sessionStorage.setItem(LAST, here);
  const now = memory.rows.indexOf(here);
  const number = (memory.first + now).toLocaleString(document.documentElement.lang);
  const said = control.dataset.said.replace("{at}", number).replace("{count}", memory.count);
  control.querySelector("span").textContent = memory.first ? said : ""; // who jumped into a list knows no numbers
  point("prev", memory.rows[now - 1], here);
  point("next", memory.rows[now + 1], here);
  control.hidden = false;
}

if (control) {
  const tabs = document.querySelectorAll(".detail .tabs a");
  if (tabs.length) say([...tabs]);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#list tbody a"), row = link?.closest("tr");
    if (!row || link !== linkOf(row)) return;
    const memory = listed(document);
    if (memory) sessionStorage.setItem(shelf(link.getAttribute("href")), JSON.stringify(memory));
  });
  document.addEventListener("keydown", (event) => {
    const way = { j: "next", k: "prev" }[event.key.toLowerCase()];
    if (!way || control.hidden || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]") || event.target.closest("#list, input, textarea, select")) return;
    control.querySelector(`[data-way=${way}][href]`)?.click();
  });
}
