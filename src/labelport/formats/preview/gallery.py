"""The gallery itself: one page of HTML with its style and its script; all text goes in as text, never as markup."""

from collections.abc import Mapping, Sequence
from html import escape

from labelport.model.ontology import LabelClass

_HEAD = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src * data: blob: file:;
 style-src 'unsafe-inline'; script-src 'self' file: 'unsafe-inline'">
<title>Preview</title>
<style>
:root { color-scheme: light dark; font: 14px/1.4 system-ui, sans-serif; }
body { margin: 0; }
header { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .5em 1.5em; align-items: center;
  padding: .6em 1em; background: Canvas; border-bottom: 1px solid #8885; }
nav { display: flex; gap: .5em; align-items: center; }
button { font: inherit; min-width: 2.5em; }
ul { display: flex; flex-wrap: wrap; gap: .2em 1em; margin: 0; padding: 0; list-style: none; }
li::before { content: ""; display: inline-block; width: .8em; height: .8em; margin-right: .4em; border-radius: 2px;
  background: var(--colour); }
main { display: flex; flex-wrap: wrap; gap: 1em; padding: 1em; }
main::after { content: ""; flex: 1e6 1 0; }
figure { margin: 0; min-width: 0; contain: inline-size; flex: var(--ratio) 1 calc(var(--ratio) * 15rem);
  max-width: calc(var(--ratio) * 22rem); }
.picture { position: relative; display: flex; align-items: flex-end; justify-content: center; overflow: hidden;
  aspect-ratio: var(--ratio); background: #8882; border-radius: 4px; }
.picture img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
.picture small { padding: .4em 1em; text-align: center; }
body.plain .overlay { display: none; }
figcaption { padding: .3em 0; }
figcaption, figcaption small { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
small { display: block; opacity: .7; }
</style>
<header>
<nav><button id="back" title="the page before">&larr;</button><span id="where"></span>
<button id="on" title="the next page">&rarr;</button></nav>
<label><input type="checkbox" id="drawn" checked> objects</label>
<ul id="legend">
"""
_TAIL = """</ul>
</header>
<main id="pictures"></main>
<script>
"use strict";
const names = new Map([...document.querySelectorAll("#legend li")].map(one => [one.dataset.number, one.textContent]));
const at = id => document.getElementById(id);
const made = (name, more) => Object.assign(document.createElement(name), more);
let rows = [];
function show(found) { rows = found; }

function load(page, then) {
  const script = made("script", {src: "pages/" + String(page).padStart(5, "0") + ".js"});
  rows = null;
  script.onload = () => { script.remove(); then(rows || []); };
  script.onerror = () => { script.remove(); then(null); };
  document.head.append(script);
}

function source(uri) {
  return /^(https?|file|data|blob):/i.test(uri) ? uri : uri.split("/").map(encodeURIComponent).join("/");
}

function figure(row) {
  const found = made("figure", {}), box = made("div", {className: "picture"}), text = made("figcaption", {});
  const ratio = (row.width || 4) / (row.height || 3);
  found.style.setProperty("--ratio", Math.min(Math.max(ratio, .45), 3));
  const note = made("small", {textContent: row.note || ""});
  box.append(note);
  if (row.media) {
    const picture = made("img", {loading: "lazy", alt: "", src: source(row.media)});
    picture.onerror = () => { picture.remove(); note.textContent = "its picture cannot be loaded"; };
    box.append(picture);
  }
  const drawn = "data:image/png;base64," + row.overlay;
  if (row.overlay) box.append(made("img", {className: "overlay", alt: "", src: drawn}));
  const frame = row.frame === undefined ? "" : ", frame " + row.frame;
  const held = Object.entries(row.classes || {}).map(([number, times]) => times + " " + (names.get(number) || number));
  text.title = row.name + frame;
  text.append(row.name + frame, made("small", {textContent: held.join(", ") || row.state}));
  found.append(box, text);
  return found;
}

let page = 0;
function turn(to) {
  load(to, found => {
    if (!found) { at("on").disabled = true; return; }
    page = to;
    at("pictures").replaceChildren(...found.map(figure));
    at("where").textContent = "page " + (page + 1);
    at("back").disabled = page === 0;
    load(page + 1, next => { at("on").disabled = !next; });
    scrollTo(0, 0);
  });
}

at("back").onclick = () => turn(page - 1);
at("on").onclick = () => turn(page + 1);
at("drawn").onchange = event => document.body.classList.toggle("plain", !event.target.checked);
turn(Math.max(0, parseInt(location.hash.slice(1), 10) - 1 || 0));
</script>
"""


def html(classes: Sequence[LabelClass], colours: Mapping[int, str]) -> bytes:
    """Return the page, with the classes as its legend."""
    legend = "".join(
        f'<li data-number="{one.number}" style="--colour: {colours[one.number]}">{escape(one.name)}</li>\n'
        for one in sorted(classes, key=lambda one: one.number)
    )
    return (_HEAD + legend + _TAIL).encode()
