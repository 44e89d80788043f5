/**
 * Markdown from a model becomes elements. The text is hostile until proven otherwise: HTML in it is shown as text, what
 * Markdown makes of the rest passes DOMPurify with a short list of tags, links may lead to the web or to our own
 * documents only, and pictures are never fetched, as fetching one can carry the conversation to somebody else's server.
 */

import DOMPurify from "../vendor/purify.es.js";
import { Marked } from "../vendor/marked.esm.js";

const TAGS = [
  "a",
  "blockquote",
  "br",
  "cite",
  "code",
  "del",
  "em",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "hr",
  "li",
  "ol",
  "p",
  "pre",
  "strong",
  "sub",
  "sup",
  "table",
  "tbody",
  "td",
  "th",
  "thead",
  "tr",
  "ul",
];
const HARMLESS = /^<(?:br\s*\/?|\/?su[bp])>$/i;
const OWN_PATHS = /^\/(?:documents|files)\//;
const SCHEMES = new Set(["http:", "https:", "mailto:"]);

const escaped = (text) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** `[3]` in running text; marked never asks inside code, and a link keeps its own brackets. */
const citation = {
  name: "citation",
  level: "inline",
  start: (source) => source.match(/\[\d{1,3}\](?!\()/)?.index,
  tokenizer(source) {
    const found = /^\[(\d{1,3})\](?!\()/.exec(source);
    return found ? { type: "citation", raw: found[0], number: found[1] } : undefined;
  },
  renderer: (token) => `<cite>${token.number}</cite>`,
};

const markdown = new Marked({
  gfm: true,
  breaks: true,
  extensions: [citation],
  tokenizer: { def: () => undefined },
  renderer: {
    html: ({ raw }) => (HARMLESS.test(raw.trim()) ? raw : escaped(raw)),
    image({ href, text }) {
      return `<a href="${escaped(href)}">${escaped(text || href)}</a>`;
    },
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
  },
});

/** Our own instance: the hooks of the page that we are in stay out of it, and ours out of theirs. */
const purifier = DOMPurify(window);

/** A link's address if it may be followed, else "". Relative ones only lead to our own documents. */
export function safeLink(href, base) {
  if (OWN_PATHS.test(href)) return new URL(href, base).href;
  try {
    const url = new URL(href);
    return SCHEMES.has(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}

/** Make a link one that can be followed without a trace, or take its address away. */
export function protect(link, base) {
  const href = safeLink(link.getAttribute("href") ?? "", base);
  for (const name of link.getAttributeNames()) if (name !== "class") link.removeAttribute(name);
  if (!href) return;
  Object.assign(link, { href, title: href, target: "_blank", rel: "noopener noreferrer nofollow" });
}

/** HTML as a fragment of harmless elements. */
export function sanitize(html, base) {
  const fragment = purifier.sanitize(html, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ["href", "start", "align"],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const link of fragment.querySelectorAll("a")) protect(link, base);
  return fragment;
}

/**
 * A growing text, shown block by block: a block that has not changed is left alone, so that a selection in it stays and
 * a long answer costs no more than its last paragraph.
 */
export class MarkdownView {
  #element;
  #base;
  #decorate;
  #shown = [];

  /** `decorate(node)` is called with each new block, for chips and copy buttons. */
  constructor(element, base, decorate) {
    this.#element = element;
    this.#base = base;
    this.#decorate = decorate;
  }

  show(text) {
    const blocks = blocksOf(text);
    while (this.#shown.length > blocks.length) this.#shown.pop().node.remove();
    blocks.forEach((block, place) => {
      const before = this.#shown[place];
      if (before?.raw === block.raw) return;
      const node = document.createElement("div");
      node.className = "block";
      node.append(this.#fragment(block));
      this.#decorate(node);
      if (before) before.node.replaceWith(node);
      else this.#element.append(node);
      this.#shown[place] = { raw: block.raw, node };
    });
  }

  /** Show all blocks anew, as what decorates them has changed. */
  refresh(text) {
    this.#shown = [];
    this.#element.replaceChildren();
    this.show(text);
  }

  #fragment({ raw, token }) {
    if (token === null) return document.createTextNode(raw);
    return sanitize(markdown.parser([token]), this.#base);
  }
}

/** The blocks of a text. One that nests too deeply to be parsed is shown as it is. */
function blocksOf(text) {
  try {
    return markdown
      .lexer(text)
      .filter((token) => token.type !== "space")
      .map((token) => ({ raw: token.raw, token }));
  } catch (error) {
    if (error instanceof RangeError) return [{ raw: text, token: null }];
    throw error;
  }
}
