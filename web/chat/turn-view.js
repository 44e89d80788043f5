/** One turn on the page: what was said, what is being done, the answer with its sources, what can be done with it. */

import { fill, h, icon, iconButton } from "./dom.js";
import { JobCard } from "./job-card.js";
import { MarkdownView, protect } from "./markdown.js";
import { Rating } from "./rating.js";
import { placeChips, sourceList } from "./sources.js";
import { size, texts, toolName } from "./texts.js";
import { hasEnded } from "./turns.js";

const COPIED_FOR = 1600;

export class TurnView {
  #turn;
  #chat;
  #cited = "";
  #cards = new Map();
  #rating = null;
  #doable = h("div", { class: "actions" });
  #parts = {
    steps: h("div", { class: "steps" }),
    answer: h("div", { class: "answer" }),
    jobs: h("div", { class: "jobs", hidden: true }),
    asides: h("div", { class: "asides" }),
    sources: h("div"),
    foot: h("div", { class: "foot" }),
  };

  /**
   * `chat` gives base, card, connected(), turn(id), result(job), asks(turn) and, for what a person clicks,
   * say(text, files, answered), cancel(job), rate(turn, verdict, comment) and reveal(turn).
   */
  constructor(turn, chat) {
    this.#turn = turn;
    this.#chat = chat;
    this.note = h("p", { class: "note" });
    this.markdown = new MarkdownView(this.#parts.answer, chat.base, (block) => this.#decorate(block));
    const heading = (text) => h("h2", { class: "unseen" }, text);
    const said = h(
      "article",
      { class: "said" },
      heading(texts.you),
      turn.text && h("div", { class: "bubble" }, turn.text),
      files(turn.files, chat.base),
      this.note,
    );
    this.origin = h("p", { class: "result-of", hidden: true });
    this.#parts.foot.append(this.#doable);
    const parts = [this.origin, ...Object.values(this.#parts)];
    this.element = h(
      "li",
      { class: "turn", tabindex: "-1" },
      !turn.job && said,
      h("article", { class: "reply" }, heading(texts.answer), ...parts),
    );
    this.update();
  }

  /** Show the turn as it is now. */
  update() {
    const turn = this.#turn;
    this.element.dataset.state = turn.state;
    fill(this.note, this.#note());
    if (turn.job) this.#showOrigin();
    fill(this.#parts.steps, turn.steps.map(step), this.#progress());
    this.#showAnswer();
    this.#showJobs();
    fill(this.#parts.asides, this.#asides());
    this.#showSources();
    fill(this.#doable, this.#actions());
    this.#showRating();
    this.#parts.foot.hidden = !hasEnded(turn);
  }

  /** Let the time of what goes on be told anew. */
  tick() {
    for (const card of this.#cards.values()) card.tick();
  }

  /** Which question this is the result of; nobody has asked right above it. */
  #showOrigin() {
    const asked = this.#chat.turn(this.#turn.replyTo);
    const words = asked?.text || asked?.files[0]?.name;
    if (this.origin.textContent && Boolean(words) === Boolean(this.origin.querySelector("button"))) return;
    const jump = () => this.#chat.reveal(asked);
    fill(
      this.origin,
      words
        ? [h("span", {}, texts.resultOf), h("button", { type: "button", class: "jump", onclick: jump }, words)]
        : texts.resultOfEarlier,
    );
  }

  /** A card for each job, which stays the same element: somebody may be about to press its button. */
  #showJobs() {
    for (const job of this.#turn.jobs) {
      if (!this.#cards.has(job.id)) {
        this.#cards.set(job.id, new JobCard(job, this.#turn, this.#chat));
        this.#parts.jobs.append(this.#cards.get(job.id).element);
      }
      this.#cards.get(job.id).update();
    }
    this.#parts.jobs.hidden = this.#cards.size === 0;
  }

  /** Once, when they are all known: somebody may have unfolded them, or be among them with the keyboard. */
  #showSources() {
    const { citations } = this.#turn;
    const place = this.#parts.sources;
    if (!hasEnded(this.#turn) || !citations.length || place.hasChildNodes()) return;
    place.append(sourceList(citations, this.#chat.base, this.#chat.card));
  }

  /** The same element from then on: somebody may be about to press a button, or be writing in it. */
  #showRating() {
    if (this.#turn.state !== "done" || !this.#turn.answer) return;
    if (this.#rating) return this.#rating.update();
    this.#rating = new Rating(this.#turn, this.#chat);
    this.#parts.foot.append(this.#rating.element);
  }

  #note() {
    const turn = this.#turn;
    if (turn.state === "sending") return this.#chat.connected() ? texts.sending : texts.waiting;
    return turn.state === "queued" ? texts.queued(turn.ahead) : [];
  }

  /** What is being done; while nothing else can be seen, that it is thought about. */
  #progress() {
    const { state, progress, answer, steps } = this.#turn;
    if (state !== "running") return [];
    if (progress) return status(progress);
    const idle = !answer && !steps.some((each) => each.status === "running");
    return idle
      ? h("div", { class: "thinking" }, h("span", { class: "unseen" }, texts.thinking), h("i"), h("i"), h("i"))
      : [];
  }

  #showAnswer() {
    const cited = this.#turn.citations.map((each) => each.number).join();
    if (cited === this.#cited) this.markdown.show(this.#turn.answer);
    else this.markdown.refresh(this.#turn.answer);
    this.#cited = cited;
    this.#parts.answer.hidden = !this.#turn.answer;
  }

  #decorate(block) {
    placeChips(block, this.#turn.citations, this.#chat.base, this.#chat.card);
    for (const code of block.querySelectorAll("pre")) {
      code.tabIndex = 0;
      code.before(
        h(
          "div",
          { class: "code-tools" },
          copyButton(() => code.textContent, texts.copyCode),
        ),
      );
    }
    for (const table of block.querySelectorAll("table")) {
      const frame = h("div", { class: "table", tabindex: "0", role: "group" });
      table.replaceWith(frame);
      frame.append(table);
    }
  }

  #asides() {
    const { outcome, error, incident, warnings, artifacts, question, job, steps } = this.#turn;
    const nothing = steps.length > 0 && steps.every((each) => each.status === "failed");
    return [
      ...warnings.map((each) => callout("warning", each.text)),
      outcome === "partial" && !warnings.length && !nothing && callout("warning", texts.partial),
      outcome === "stopped" && !job && h("p", { class: "note" }, texts.stopped),
      error && callout("error", error, incident && texts.incident(incident)),
      files(artifacts, this.#chat.base, true),
      question && this.#question(question),
    ];
  }

  /** What can be answered, until something is said: a late yes could be taken for one to what is asked now. */
  #question({ text, options }) {
    const turn = this.#turn;
    const asked = text !== turn.answer && h("div", { class: "answer" });
    if (asked) new MarkdownView(asked, this.#chat.base, () => {}).show(text);
    const choose = (option) =>
      h("button", { type: "button", class: "option", onclick: () => this.#chat.say(option, [], turn) }, option);
    const choices = this.#chat.asks(turn) && h("div", { class: "options" }, options.map(choose));
    return h("div", { class: "question" }, asked, choices);
  }

  #actions() {
    const { state, answer, job, replyTo } = this.#turn;
    if (!hasEnded(this.#turn)) return [];
    const asked = job ? this.#chat.turn(replyTo) : this.#turn;
    const retry = () => this.#chat.say(asked.text, asked.files);
    return [
      answer && copyButton(() => this.#asText(), texts.copy),
      asked &&
        (state === "failed" || state === "refused") &&
        h("button", { type: "button", class: "option", onclick: retry }, icon("retry"), texts.retry),
    ];
  }

  /** The answer with its sources, as Markdown. */
  #asText() {
    const lines = this.#turn.citations.map(({ number, title, source, page }) => {
      const where = page ? `, ${texts.page(page).toLowerCase()}` : "";
      return `[${number}] ${title || source}${where}`;
    });
    return [this.#turn.answer, lines.join("\n")].filter(Boolean).join("\n\n");
  }
}

function step({ tool, text, status: how, seconds, missing }) {
  const running = how === "running";
  const time = seconds >= 0.05 ? ` · ${seconds.toFixed(1)} s` : "";
  return h(
    "div",
    { class: "step", "data-status": how },
    h(
      "span",
      { class: "mark" },
      running ? [] : icon(how === "complete" ? "check" : how === "partial" ? "alert" : "close"),
    ),
    h(
      "span",
      {},
      text || toolName(tool),
      h(
        "span",
        { class: running ? "unseen" : "note" },
        running ? "" : how === "complete" ? time : ` · ${texts.tool[how]}${time}`,
      ),
    ),
    missing?.length ? h("span", { class: "note" }, texts.missing(missing)) : null,
  );
}

function status({ text, done, total }) {
  const known = total > 0;
  return h(
    "div",
    { class: "status" },
    h("span", {}, text, known && h("span", { class: "note" }, ` ${done} / ${total}`)),
    known && h("progress", { max: total, value: Math.min(done, total), "aria-label": text }),
  );
}

function callout(kind, text, aside) {
  return h(
    "div",
    { class: `callout ${kind}`, role: kind === "error" ? "alert" : "note" },
    icon("alert"),
    h("p", {}, text, aside && h("small", {}, aside)),
  );
}

/** Files as links where there is something to open; pictures that the assistant made are shown. */
function files(list, base, made = false) {
  if (!list.length) return null;
  const one = (file) => {
    const label = [h("span", { class: "name" }, file.name), h("span", { class: "where" }, size(file.size))];
    const link = h("a", { class: "file", href: file.link ?? "" }, icon("file"), h("span", { class: "about" }, label));
    protect(link, base);
    if (!made || !link.href || !/^image\/(png|jpeg|gif|webp)$/.test(file.media_type)) return h("li", {}, link);
    return h("li", {}, h("img", { src: link.href, alt: file.name, loading: "lazy" }), link);
  };
  return h("ul", { class: "files", role: "list", "aria-label": texts.files }, list.map(one));
}

function copyButton(text, label) {
  const button = iconButton("copy", label, async () => {
    await navigator.clipboard.writeText(text());
    say("check", texts.copied);
    setTimeout(() => say("copy", label), COPIED_FOR);
  });
  const say = (sign, words) => {
    button.replaceChildren(icon(sign));
    button.setAttribute("aria-label", words);
    button.title = words;
  };
  return button;
}
