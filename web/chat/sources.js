/** Citations: chips in the text, the list below it, and a card with the quoted passage on hover and focus. */

import { h } from "./dom.js";
import { protect, safeLink } from "./markdown.js";
import { texts } from "./texts.js";

const GAP = 8;
const SHOWN = 6;
const NO_BREAK = "\u00a0";

/** Put a chip in place of each `<cite>` whose number is known; one that is not becomes the text that it was. */
export function placeChips(node, citations, base, card) {
  for (const mark of node.querySelectorAll("cite")) {
    const found = citations.find((each) => String(each.number) === mark.textContent);
    const before = mark.previousSibling;
    if (found && before?.nodeType === Node.TEXT_NODE) before.data = before.data.replace(/ $/, NO_BREAK);
    mark.replaceWith(found ? chip(found, base, card) : `[${mark.textContent}]`);
  }
}

/** The list of sources of an answer; of a long one, such as a summary's, what is over is folded away. */
export function sourceList(citations, base, card) {
  const list = (some) => h("ol", { role: "list" }, ...some.map((each) => h("li", {}, entry(each, base, card))));
  const shown = citations.length > SHOWN + 1 ? SHOWN : citations.length;
  const over = citations.slice(shown);
  return h(
    "section",
    { class: "sources", "aria-label": texts.sources },
    h("h3", {}, texts.sources),
    list(citations.slice(0, shown)),
    over.length > 0 && h("details", {}, h("summary", {}, texts.moreSources(over.length)), list(over)),
  );
}

function chip(citation, base, card) {
  const element = opener(citation, base, "chip", String(citation.number));
  element.setAttribute("aria-label", texts.source(citation));
  card.attach(element, citation);
  return element;
}

function entry(citation, base, card) {
  const where = [
    citation.page ? texts.page(citation.page) : "",
    citation.title && citation.title !== citation.source ? citation.source : "",
  ]
    .filter(Boolean)
    .join(" · ");
  const element = opener(
    citation,
    base,
    "entry",
    h("span", { class: "number", "aria-hidden": "true" }, String(citation.number)),
    h(
      "span",
      { class: "about" },
      h("span", { class: "name" }, citation.title || citation.source),
      where && h("span", { class: "where" }, where),
    ),
    citation.quote && h("span", { class: "unseen" }, `“${citation.quote}”`),
  );
  card.attach(element, citation);
  return element;
}

/** A link to the source, or where there is nothing to open a plain element that can still be focused. */
function opener(citation, base, kind, ...children) {
  if (!safeLink(citation.link, base)) return h("span", { class: kind, tabindex: "0", role: "note" }, ...children);
  const link = h("a", { class: kind, href: citation.link }, ...children);
  protect(link, base);
  link.removeAttribute("title");
  return link;
}

/** The one card of a chat, shown beside what it explains, above everything else. */
export class QuoteCard {
  constructor() {
    this.element = h("div", { class: "quote", popover: "manual", "aria-hidden": "true" });
  }

  /** Show the passage while the element is pointed at or focused. A touch opens the source instead. */
  attach(element, citation) {
    if (!citation.quote) return;
    element.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && this.show(element, citation));
    element.addEventListener("pointerleave", () => this.hide());
    element.addEventListener("focus", () => element.matches(":focus-visible") && this.show(element, citation));
    element.addEventListener("blur", () => this.hide());
  }

  show(element, citation) {
    const heading = [citation.title || citation.source, citation.page ? texts.page(citation.page) : ""]
      .filter(Boolean)
      .join(" · ");
    this.element.replaceChildren(h("strong", {}, heading), h("p", {}, citation.quote));
    this.element.showPopover();
    const spot = element.getBoundingClientRect();
    const own = this.element.getBoundingClientRect();
    const above = spot.top - own.height - GAP;
    const left = Math.max(GAP, Math.min(spot.left + spot.width / 2 - own.width / 2, innerWidth - own.width - GAP));
    this.element.style.left = `${left}px`;
    this.element.style.top = `${above > GAP ? above : spot.bottom + GAP}px`;
  }

  /** Returns whether it was shown. */
  hide() {
    const shown = this.element.matches(":popover-open");
    if (shown) this.element.hidePopover();
    return shown;
  }
}
