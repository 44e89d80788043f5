/** A job on the page: what it is at, how far, for how long; a way to end it; then how it went, and where the result is. */

import { fill, h, icon } from "./dom.js";
import { goesOn, isSilent } from "./jobs.js";
import { texts } from "./texts.js";

const MARKS = { succeeded: "check", partial: "alert", failed: "alert", cancelled: "close" };

export class JobCard {
  #job;
  #turn;
  #chat;
  #mark = h("span", { class: "mark" });
  #words = h("span", { class: "words" });
  #count = h("span", { class: "note count" });
  #time = h("span", { class: "note time", role: "timer", "aria-live": "off" });
  #silent = h("span", { class: "note", hidden: true }, texts.silent);
  #bar = h("progress", { hidden: true });
  #cancel = h("button", { type: "button", class: "option", onclick: () => this.#end() }, texts.cancel);
  #seen = "";

  /** `chat` gives cancel(job), result(job) and reveal(turn). */
  constructor(job, turn, chat) {
    this.#job = job;
    this.#turn = turn;
    this.#chat = chat;
    const line = h("div", { class: "told" }, this.#words, this.#count, this.#time);
    this.element = h("div", { class: "job" }, this.#mark, h("div", { class: "body" }, line, this.#bar, this.#silent), this.#cancel);
  }

  /** Show the job as it is now. What has the focus stays, as only what it shows is changed. */
  update() {
    const job = this.#job;
    const on = goesOn(job);
    const known = on && job.total > 0;
    this.element.dataset.state = job.state;
    this.#showWords(on);
    this.#count.textContent = known ? `${job.done} / ${job.total}` : "";
    this.#bar.hidden = !on;
    this.#bar.setAttribute("aria-label", this.#text());
    if (known) Object.assign(this.#bar, { max: job.total, value: Math.min(job.done, job.total) });
    else this.#bar.removeAttribute("value");
    this.#cancel.hidden = !on;
    this.#cancel.disabled = job.cancelling;
    this.#cancel.textContent = job.cancelling ? texts.cancelling : texts.cancel;
    this.tick();
  }

  /** Let the time that has passed go on. */
  tick() {
    const now = Date.now() / 1000;
    this.#time.textContent = goesOn(this.#job) ? texts.elapsed(Math.max(0, now - this.#turn.at)) : "";
    this.#silent.hidden = !isSilent(this.#job, now);
  }

  #showWords(on) {
    const result = on ? null : this.#chat.result(this.#job);
    const seen = `${this.#job.state} ${Boolean(result)} ${this.#text()}`;
    if (seen === this.#seen) return;
    this.#seen = seen;
    fill(this.#mark, MARKS[this.#job.state] ? icon(MARKS[this.#job.state]) : !on && icon("chat"));
    this.#mark.hidden = false;
    if (!this.#job.state || on) return fill(this.#words, this.#text());
    const words = texts.ended[this.#job.state];
    const show = () => this.#chat.reveal(result);
    fill(
      this.#words,
      result ? [`${words}, `, h("button", { type: "button", class: "jump", onclick: show }, texts.seeBelow)] : words,
    );
  }

  /** What it is at; the answer above is not said again. */
  #text() {
    const { text } = this.#job;
    return text && text !== this.#turn.answer ? text : texts.working;
  }

  #end() {
    this.#job.cancelling = this.#chat.cancel(this.#job);
    this.update();
  }
}
