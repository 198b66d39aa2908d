// The map: coasts and borders drawn from Natural Earth, and what the list beside it names as circles with numbers. Both
// always show the same; the list is for keys and screen readers.

const WORLD = 2 ** 28; // the side of the square world in the server's numbers
const FURTHEST = 18;

// The rings of a TopoJSON's countries; its lines are kept as steps from point to point.
function countries(topology) {
  const { scale: [kx, ky], translate: [dx, dy] } = topology.transform;
  const lines = topology.arcs.map((steps) => {
    let x = 0, y = 0;
    return steps.map(([right, up]) => { x += right; y += up; return [y * ky + dy, x * kx + dx]; });
  });
  const ring = (numbers) => numbers.flatMap((number, place) => (number < 0 ? [...lines[~number]].reverse() : lines[number]).slice(place ? 1 : 0));
  const areas = (shape) => (shape.type === "Polygon" ? [shape.arcs] : shape.type === "MultiPolygon" ? shape.arcs : []);
  return topology.objects.countries.geometries.map((shape) => areas(shape).map((rings) => rings.map(ring)));
}

customElements.define("site-map", class extends HTMLElement {
  connectedCallback() {
    const box = this.querySelector("div");
    this.map = L.map(box, { minZoom: 1, maxZoom: FURTHEST, keyboard: false, zoomSnap: 1, maxBounds: [[-85, -200], [85, 200]], attributionControl: false, zoomControl: false });
    this.circles = L.layerGroup().addTo(this.map);
    L.control.scale({ imperial: this.dataset.miles !== undefined }).addTo(this.map);
    for (const button of this.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => this.map.setZoom(this.map.getZoom() + Number(button.dataset.zoom), { animate: false }));
    this.show();
    this.map.on("moveend", () => this.ask());
    this.draw();
    this.ground();
  }
  disconnectedCallback() { this.map.remove(); }

  places() { return [...document.querySelectorAll("#places [data-number]")]; }

  // The part the address names, or all there is.
  show() {
    const named = new URL(location.href).searchParams.get("screen")?.split(".").map(Number);
    if (named?.length === 5) {
      const [zoom, west, north, east, south] = named;
      return this.map.setView(this.map.unproject([((west + east) / 2 / WORLD) * 256, ((north + south) / 2 / WORLD) * 256], 0), zoom);
    }
    const found = this.places().map(({ dataset: { latitude, longitude } }) => [Number(latitude), Number(longitude)]);
    if (!found.length) return this.map.setView([30, 0], 2);
    this.map.fitBounds(found, { maxZoom: 12, padding: [32, 32], animate: false });
    this.ask();
  }

  async ground() {
    if (this.dataset.tiles) L.tileLayer(this.dataset.tiles, { maxZoom: FURTHEST + 1, noWrap: true }).addTo(this.map);
    const answer = await fetch(this.dataset.outlines).catch(() => null);
    if (!answer?.ok) return;
    const lands = L.layerGroup();
    for (const shape of countries(await answer.json())) L.polygon(shape, { className: this.dataset.tiles ? "border" : "land", interactive: false, smoothFactor: 1.5 }).addTo(lands);
    if (this.isConnected) lands.addTo(this.map);
  }

  draw() {
    this.circles.clearLayers();
    for (const place of this.places()) {
      const { number, latitude, longitude } = place.dataset, link = place.querySelector("a");
      const size = Math.round(Math.min(50, 24 + 2.6 * Math.log2(Number(number))));
      const circle = document.createElement("a");
      circle.href = link.href;
      circle.tabIndex = -1; // the list beside has the same link
      circle.textContent = place.querySelector(".n").textContent;
      circle.title = link.textContent;
      const icon = L.divIcon({ html: circle, className: "cluster", iconSize: [size, size] });
      const marker = L.marker([Number(latitude), Number(longitude)], { icon, keyboard: false, bubblingMouseEvents: false }).addTo(this.circles);
      for (const [event, on] of [["pointerenter", true], ["pointerleave", false]]) {
        place.addEventListener(event, () => marker.getElement()?.classList.toggle("here", on));
        circle.addEventListener(event, () => place.classList.toggle("here", on));
      }
      link.addEventListener("focus", () => marker.getElement()?.classList.add("here"));
      link.addEventListener("blur", () => marker.getElement()?.classList.remove("here"));
    }
  }

  // What lies on the screen now, as the list beside the map and as the page's address.
  async ask() {
    const zoom = this.map.getZoom(), bounds = this.map.getBounds();
    const at = (point) => { const { x, y } = this.map.project(point, 0); return [x, y].map((each) => Math.max(0, Math.min(WORLD, Math.round((each / 256) * WORLD)))); };
    const address = new URL(location.href);
    address.searchParams.set("screen", [zoom, ...at(bounds.getNorthWest()), ...at(bounds.getSouthEast())].join("."));
    this.asked?.abort();
    this.asked = new AbortController();
    const list = document.getElementById("places");
    list.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal: this.asked.signal });
      if (!answer.ok || answer.redirected) { location.href = address; return; }
      const holder = document.createElement("div");
      holder.innerHTML = await answer.text();
      const held = document.activeElement?.closest("#places") ? document.activeElement.textContent : "";
      list.replaceWith(holder.querySelector("#places"));
      history.replaceState(history.state, "", address);
      this.draw();
      if (held) [...document.querySelectorAll("#places a")].find((one) => one.textContent === held)?.focus();
    } catch (wrong) {
      if (wrong.name === "AbortError") return;
      list.setAttribute("aria-busy", "false");
      document.dispatchEvent(new CustomEvent("toast", { detail: document.body.dataset.offline }));
    }
  }
});
