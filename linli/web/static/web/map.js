// Makes a map that can be moved of a figure that holds a drawing, or of one whose pin fills two fields.
// The drawing stays what is printed, read out, and shown where the browser cannot do this.
const wide = (said) => said.replace(/[!-~]/g, (each) => String.fromCharCode(each.charCodeAt(0) + 0xfee0)).replace(/ /g, "　");
const canDraw = () => { try { return Boolean(document.createElement("canvas").getContext("webgl2")); } catch { return false; } };
let fetched;

function fetchScript(told) {
  fetched ??= new Promise((done, failed) => {
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: told.style });
    const script = Object.assign(document.createElement("script"), { src: told.script, onload: done, onerror: failed });
    document.head.append(style, script);
  });
  return fetched;
}

// Back from paper to degrees: the drawing is the only source of what lies where.
function features(figure, { west, north, left, top, across, down }) {
  const degrees = ([x, y]) => [west + (x - left) / across, north - (y - top) / down];
  return [...figure.querySelectorAll(".map__area")].map((area) => {
    const ring = area.getAttribute("points").split(" ").map((pair) => degrees(pair.split(",").map(Number)));
    const painted = getComputedStyle(area), link = area.closest("a");
    return {
      type: "Feature", geometry: { type: "Polygon", coordinates: [[...ring, ring[0]]] },
      properties: {
        fill: painted.fill, opacity: Number(painted.fillOpacity), stroke: painted.stroke, wide: parseFloat(painted.strokeWidth),
        name: wide(area.dataset.label || ""), href: link?.getAttribute("href") || "",
      },
    };
  });
}

function pins(figure, { west, north, left, top, across, down }) {
  return [...figure.querySelectorAll(".map__pin")].map((pin) => {
    const [x, y] = pin.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
    return { pin, at: [west + (x - left) / across, north - (y - top) / down] };
  });
}

function colours(figure) {
  const said = getComputedStyle(figure);
  return (name) => said.getPropertyValue(`--${name}`).trim();
}

function groundOf(told, colour) {
  const sources = {}, layers = [{ id: "land", type: "background", paint: { "background-color": colour("land") } }];
  if (told.base) {
    sources.base = { type: "raster", tiles: [told.base], tileSize: 256, attribution: told.credit };
    layers.push({ id: "base", type: "raster", source: "base" });
  }
  sources.places = { type: "vector", tiles: [new URL(told.places, location).href.replace(/%7B/g, "{").replace(/%7D/g, "}")], maxzoom: 14 };
  layers.push({ id: "borders", type: "line", source: "places", "source-layer": "places", paint: { "line-color": colour("edge"), "line-width": 1, "line-opacity": .6 } });
  return { version: 8, glyphs: "letters/{fontstack}/{range}", sources, layers };
}

const words = (colour) => ({ "text-color": colour("ink"), "text-halo-color": colour("sheet"), "text-halo-width": 1.5 });

function addDrawing(style, figure, told, colour) {
  style.sources.drawn = { type: "geojson", data: { type: "FeatureCollection", features: features(figure, told.ground) } };
  style.layers.push(
    { id: "fill", type: "fill", source: "drawn", paint: { "fill-color": ["get", "fill"], "fill-opacity": ["get", "opacity"] } },
    { id: "edge", type: "line", source: "drawn", paint: { "line-color": ["get", "stroke"], "line-width": ["get", "wide"] } },
    { id: "name", type: "symbol", source: "drawn", layout: { "text-field": ["get", "name"], "text-size": 14 }, paint: words(colour) });
}

function addPoints(style, told, colour) {
  style.sources.cases = { type: "vector", tiles: [new URL(told.points, location).href.replace(/%7B/g, "{").replace(/%7D/g, "}")], minzoom: 11, maxzoom: 14 };
  const late = ["==", ["get", "state"], "late"];
  style.layers.push(
    { id: "cases", type: "circle", source: "cases", "source-layer": "cases", paint: { "circle-radius": ["case", late, 9, 7], "circle-color": ["case", late, colour("alarm"), colour("fill")], "circle-stroke-color": "#fff", "circle-stroke-width": 2 } },
    { id: "late", type: "symbol", source: "cases", "source-layer": "cases", filter: late, layout: { "text-field": "！", "text-size": 13, "text-allow-overlap": true }, paint: { "text-color": "#fff" } });
}

function boundsOf(drawn, placed, told) {
  const all = [...drawn.flatMap((each) => each.geometry.coordinates[0]), ...placed.map((each) => each.at)];
  if (!all.length) return told.extent;
  const [xs, ys] = [all.map((at) => at[0]), all.map((at) => at[1])], spare = .001;
  return [Math.min(...xs) - spare, Math.min(...ys) - spare, Math.max(...xs) + spare, Math.max(...ys) + spare];
}

function addPins(map, placed, figure) {
  for (const { pin, at } of placed) {
    const link = pin.closest("a"), mark = document.createElement(link ? "a" : "span");
    const copy = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [name, value] of [["viewBox", "-15 -38 30 40"], ["width", 30], ["height", 40], ["aria-hidden", "true"]]) copy.setAttribute(name, value);
    const drawn = pin.cloneNode(true);
    drawn.removeAttribute("transform");
    copy.append(drawn);
    mark.append(copy);
    if (link) mark.href = link.getAttribute("href");
    new maplibregl.Marker({ element: mark, anchor: "bottom" }).setLngLat(at).addTo(map);
    if (link) mark.setAttribute("aria-label", link.getAttribute("aria-label"));
    else { mark.removeAttribute("aria-label"); mark.removeAttribute("role"); mark.setAttribute("aria-hidden", "true"); }
  }
}

function follow(map) {
  const layers = ["cases", "fill"].filter((id) => map.getLayer(id));
  const found = (event) => map.queryRenderedFeatures(event.point, { layers }).find((each) => each.properties.href);
  map.on("click", (event) => { const each = found(event); if (each) location.assign(each.properties.href); });
  map.on("mousemove", (event) => { map.getCanvas().style.cursor = found(event) ? "pointer" : ""; });
}

function takePlace(map, figure, told) {
  const [longitude, latitude] = [figure.dataset.longitude, figure.dataset.latitude].map((id) => document.getElementById(id));
  const pin = new maplibregl.Marker({ draggable: true, color: "#b3430f" });
  const put = (at) => { pin.setLngLat(at).addTo(map); longitude.value = at.lng.toFixed(6); latitude.value = at.lat.toFixed(6); };
  if (longitude.value && latitude.value) { put({ lng: Number(longitude.value), lat: Number(latitude.value) }); map.jumpTo({ center: pin.getLngLat(), zoom: 16 }); }
  pin.on("dragend", () => put(pin.getLngLat()));
  map.on("click", (event) => put(event.lngLat));
  map.getCanvas().addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); put(map.getCenter()); } });
  longitude.addEventListener("change", () => { if (longitude.value && latitude.value) { put({ lng: Number(longitude.value), lat: Number(latitude.value) }); map.jumpTo({ center: pin.getLngLat(), zoom: 16 }); } });
}

export async function show(figure) {
  const told = JSON.parse(figure.dataset.told), asks = "longitude" in figure.dataset, colour = colours(figure);
  if (!canDraw() || (asks && !told.extent)) return;
  await fetchScript(told);
  const style = groundOf(told, colour);
  if (told.ground) addDrawing(style, figure, told, colour);
  else style.layers.push({ id: "name", type: "symbol", source: "places", "source-layer": "places", layout: { "text-field": ["get", "name"], "text-size": 14 }, paint: words(colour) });
  if (told.points) addPoints(style, told, colour);
  const placed = told.ground && !told.points ? pins(figure, told.ground) : [];
  const box = document.createElement("div");
  box.className = "map__live";
  const drawing = figure.querySelector("svg[viewBox]");
  if (drawing) box.style.height = `${Math.max(280, drawing.getBoundingClientRect().height)}px`; // nothing jumps
  figure.prepend(box);
  const map = new maplibregl.Map({
    container: box, style, bounds: boundsOf(told.ground ? style.sources.drawn.data.features : [], placed, told), fitBoundsOptions: { padding: { top: placed.length ? 48 : 20, bottom: 20, left: 20, right: 20 } },
    maxZoom: 18, dragRotate: false, pitchWithRotate: false, cooperativeGestures: true, locale: told.words, fadeDuration: 0,
    attributionControl: told.credit ? { compact: false } : false,
    transformRequest: (url, type) => ({ url: type === "Glyphs" ? new URL(told.letters, location).href : url }),
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }));
  map.on("load", () => {
    addPins(map, placed, figure);
    follow(map);
    if (asks) takePlace(map, figure, told);
    figure.classList.add("is-live");
    figure.dispatchEvent(new CustomEvent("map", { detail: map }));
  });
}
