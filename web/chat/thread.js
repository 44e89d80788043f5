/** The turns of a conversation on the page: drawn when something changed, kept at the end, told to screen readers. */

import { fill, h, icon } from "./dom.js";
import { goesOn } from "./jobs.js";
import { QuoteCard } from "./sources.js";
import { texts, toolName } from "./texts.js";
import { TurnView } from "./turn-view.js";

const NEAR_THE_END = 80;
const MARGIN = 16;
const SECOND = 1000;

export class Thread {
  #chat;
  #host;
  #views = new Map();
  #changed = new Set();
  #frame = 0;
  #clock = 0;
  #following = true;
  #said = "";
  #list = h("ol", { class: "turns", role: "list", "aria-label": texts.conversation });
  #empty = h("div", { class: "empty" });
  #earlier = h("button", { type: "button", class: "option earlier", hidden: true }, texts.earlier);

  card = new QuoteCard();
  live = h("div", { class: "unseen", role: "status", "aria-live": "polite" });

  constructor(base, chat, say) {
    this.#chat = chat;
    this.#host = {
      base,
      card: this.card,
      say,
      connected: () => chat.state === "open",
      turn: (id) => chat.turn(id),
      result: (job) => chat.result(job),
      asks: (turn) => chat.asks(turn),
      cancel: (job) => chat.cancel(job),
      rate: (turn, verdict, comment) => chat.rate(turn, verdict, comment),
      reveal: (turn) => this.#reveal(turn),
    };
    this.latest = h(
      "button",
      {
        type: "button",
        class: "latest",
        "aria-label": texts.latest,
        title: texts.latest,
        hidden: true,
        onclick: () => this.#toEnd(),
      },
      icon("down"),
    );
    this.element = h(
      "div",
      {
        class: "scroll",
        tabindex: "0",
        role: "region",
        "aria-label": texts.conversation,
        onscroll: () => this.#scrolled(),
      },
      h("div", { class: "column" }, this.#earlier, this.#empty, this.#list),
    );
    this.#earlier.addEventListener("click", () => chat.loadEarlier());
    chat.addEventListener("turns", () => this.#draw());
    chat.addEventListener("turn", (event) => this.#mark(event.detail));
    chat.addEventListener("state", () =>
      chat.turns.filter((turn) => turn.state === "sending").forEach((turn) => this.#mark(turn)),
    );
    chat.addEventListener("ended", (event) => this.#announceEnd(event.detail));
    new ResizeObserver(() => this.#keepUp()).observe(this.#list);
  }

  /** Go to the newest turn and stay with it while it grows, for as long as it has room. */
  follow() {
    this.#following = true;
    this.#keepUp();
  }

  /** Bring a turn into view, and the keyboard with it. */
  #reveal(turn) {
    const element = this.#views.get(turn.id)?.element;
    element?.scrollIntoView({ block: "start" });
    element?.focus({ preventScroll: true });
  }

  /** For as long as a job goes on, and somebody can see it, let its time go on. */
  #keepTime() {
    this.#clock ||= setInterval(() => {
      const turns = this.#chat.turns.filter((turn) => turn.jobs.some(goesOn));
      for (const turn of turns) this.#views.get(turn.id)?.tick();
      if (turns.length && this.element.isConnected) return;
      clearInterval(this.#clock);
      this.#clock = 0;
    }, SECOND);
  }

  /** Bring the list in line with the turns; views of turns that stay are kept, and so is the reader's place. */
  #draw() {
    const turns = this.#chat.turns;
    const ids = new Set(turns.map((turn) => turn.id));
    for (const [id, view] of this.#views)
      if (!ids.has(id)) {
        view.element.remove();
        this.#views.delete(id);
      }
    const height = this.element.scrollHeight;
    const first = this.#list.firstElementChild;
    turns.forEach((turn, place) => {
      if (!this.#views.has(turn.id)) this.#views.set(turn.id, new TurnView(turn, this.#host));
      else this.#views.get(turn.id).update();
      const { element } = this.#views.get(turn.id);
      if (this.#list.children[place] !== element) this.#list.insertBefore(element, this.#list.children[place] ?? null);
    });
    if (first && first !== this.#list.firstElementChild) this.element.scrollTop += this.element.scrollHeight - height;
    this.#earlier.hidden = !this.#chat.earlier;
    this.#drawEmpty(turns.length === 0);
    if (turns.some((turn) => turn.jobs.some(goesOn))) this.#keepTime();
    this.#keepUp();
  }

  #drawEmpty(empty) {
    const welcome = this.#chat.welcome;
    const suggest = (text) =>
      h("li", {}, h("button", { type: "button", class: "suggestion", onclick: () => this.#host.say(text, []) }, text));
    fill(
      this.#empty,
      empty &&
        welcome && [
          h("h2", {}, texts.greeting),
          h("p", {}, texts.about(welcome.documents)),
          welcome.suggestions.length > 0 &&
            h("ul", { class: "suggestions", role: "list" }, welcome.suggestions.map(suggest)),
          welcome.notice && h("p", { class: "note" }, texts.model(welcome.model, welcome.notice)),
        ],
    );
  }

  /** Many events may come between two pictures of the screen; one drawing shows them all. */
  #mark(turn) {
    this.#changed.add(turn);
    if (turn.jobs.some(goesOn)) this.#keepTime();
    this.#announceStep(turn);
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      for (const each of this.#changed) this.#views.get(each.id)?.update();
      this.#changed.clear();
      this.#keepUp();
    });
  }

  /** No further than to where the newest turn begins: an answer longer than the window is read from its beginning. */
  #keepUp() {
    const newest = this.#list.lastElementChild;
    if (this.#following && newest) {
      const begins = newest.getBoundingClientRect().top - this.element.getBoundingClientRect().top;
      this.element.scrollTop += Math.min(this.element.scrollHeight, begins - MARGIN);
    }
    this.#scrolled();
  }

  #toEnd() {
    this.element.scrollTop = this.element.scrollHeight;
  }

  #scrolled() {
    const left = this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight;
    this.#following = left < NEAR_THE_END;
    this.latest.hidden = this.#following;
    this.card.hide();
  }

  /** What is being done, once for each step; never the words of a growing answer. */
  #announceStep(turn) {
    const step = turn.steps.at(-1);
    const words = step?.status === "running" ? step.text || toolName(step.tool) : "";
    if (words && words !== this.#said) this.#announce(words);
  }

  /** The answer, once and whole. */
  #announceEnd(turn) {
    requestAnimationFrame(() => {
      const element = this.#views.get(turn.id)?.element;
      const answer = element?.querySelector(".answer")?.textContent;
      const asked = element?.querySelector(".question")?.textContent;
      const words = turn.error || [answer, asked].filter(Boolean).join(" ") || texts.stopped;
      const sources = turn.citations.length ? `${texts.sources}: ${turn.citations.length}` : "";
      this.#announce(`${words} ${sources}`);
    });
  }

  #announce(words) {
    this.#said = words;
    this.live.textContent = words;
  }
}
