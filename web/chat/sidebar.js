/** The list of a visitor's conversations. */

import { fill, h, icon } from "./dom.js";
import { texts } from "./texts.js";

const UNTITLED = "…";

/** Fires "choose" (detail: a conversation's id, "" for a new one). */
export class Sidebar extends EventTarget {
  #base;
  #list = h("div", { class: "lists" });
  #current = "";
  #lines = [];

  constructor(base) {
    super();
    this.#base = base;
    this.element = h(
      "nav",
      { class: "sidebar", "aria-label": texts.conversations },
      h("button", { type: "button", class: "new", onclick: () => this.#choose("") }, icon("plus"), texts.newChat),
      this.#list,
    );
    this.#draw();
  }

  /** Ask the server for the list. When it can't be had the old one stays: no place for alarms. */
  async load() {
    const address = new URL("/api/conversations", this.#base);
    const lines = await fetch(address, { credentials: "include" })
      .then((answer) => answer.json())
      .then((list) => list.conversations)
      .catch(() => undefined);
    if (!lines) return;
    this.#lines = lines;
    this.#draw();
  }

  /** Mark the conversation that is shown. */
  mark(conversation) {
    if (conversation === this.#current) return;
    this.#current = conversation;
    this.#draw();
  }

  #draw() {
    const midnight = new Date().setHours(0, 0, 0, 0) / 1000;
    const today = this.#lines.filter((line) => line.updated_at >= midnight);
    const before = this.#lines.filter((line) => line.updated_at < midnight);
    fill(
      this.#list,
      this.#lines.length === 0 && h("p", { class: "note" }, texts.noConversations),
      this.#group(texts.today, today),
      this.#group(texts.before, before),
    );
  }

  #group(title, lines) {
    if (!lines.length) return null;
    const line = ({ id, title: first }) =>
      h(
        "li",
        {},
        h(
          "button",
          {
            type: "button",
            class: "conversation",
            "aria-current": id === this.#current && "page",
            onclick: () => this.#choose(id),
          },
          first || UNTITLED,
        ),
      );
    return [h("h3", {}, title), h("ul", { role: "list" }, lines.map(line))];
  }

  #choose(id) {
    this.dispatchEvent(new CustomEvent("choose", { detail: id }));
  }
}
