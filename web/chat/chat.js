/** The conversation that a window shows: turns, what is still to be sent, what is still to be heard. No DOM here. */

import { Questions } from "./asking.js";
import { Connection } from "./connection.js";
import { progress, settle } from "./jobs.js";
import { apply, finish, hasEnded, newTurn, turnFromView } from "./turns.js";

/** How long an event waits for the one before it, in milliseconds. */
const GAP_PATIENCE = 2_000;
/** How long a message waits for its acceptance before it is sent again, in milliseconds. */
const ACCEPT_PATIENCE = 10_000;

/**
 * Fires "turn" (detail: a turn that changed), "turns" (the list itself changed), "state" (the connection), "welcome"
 * (detail: the frame), "ended" (detail: a turn whose reply came in just now) and "problem" (detail: code and text).
 */
export class Chat extends EventTarget {
  #connection;
  #turns = new Map();
  #unsent = new Map();
  #next = "";
  #welcome = null;
  #overdue = 0;
  #questions = new Questions();

  constructor(socketUrl) {
    super();
    this.#connection = new Connection(socketUrl);
    this.#connection.addEventListener("frame", (event) => this.#hear(event.detail));
    this.#connection.addEventListener("state", () => this.#fire("state"));
  }

  get turns() {
    return [...this.#turns.values()];
  }

  get state() {
    return this.#connection.state;
  }

  get attempts() {
    return this.#connection.attempts;
  }

  /** What the server said of itself; null before. */
  get welcome() {
    return this.#welcome;
  }

  get conversation() {
    return this.#welcome?.conversation ?? "";
  }

  /** Turns that can be stopped, the newest last; a result that arrives is none of them. */
  get busy() {
    return this.turns.filter((turn) => !turn.job && (turn.state === "running" || turn.state === "queued"));
  }

  /** Show a conversation, or with "" a new one. */
  open(conversation) {
    clearTimeout(this.#overdue);
    this.#turns.clear();
    this.#unsent.clear();
    this.#welcome = null;
    this.earlier = false;
    this.#fire("turns");
    this.#connection.open(conversation);
  }

  close() {
    clearTimeout(this.#overdue);
    this.#connection.close();
  }

  retryNow() {
    this.#connection.retryNow();
  }

  /**
   * Say something. It is kept and sent again with the same id until the server has it. `answered` is the turn whose
   * question it answers, if a button says so.
   */
  say(text, files, answered = null) {
    const turn = newTurn({ id: newId(), text, files });
    this.#turns.set(turn.id, turn);
    const attachments = files.map((file) => file.digest);
    this.#unsent.set(turn.id, { type: "message", id: turn.id, text, attachments, reply_to: answered?.id ?? "" });
    if (!this.#connection.unordered) this.#connection.send(this.#unsent.get(turn.id));
    else if (this.#unsent.size === 1) this.#sendFirst();
    this.#fire("turns");
    return turn;
  }

  /** Stop what runs and what waits. */
  stop() {
    for (const turn of this.busy.reverse()) this.#connection.send({ type: "stop", message_id: turn.id });
  }

  /** A turn that is shown, by its id. */
  turn(id) {
    return this.#turns.get(id);
  }

  /** Whether a turn's question is still to be answered: nothing was said since. */
  asks(turn) {
    return this.turns.findLast((each) => each === turn || !each.job) === turn;
  }

  /** The turn that brings a job's result; the newest, where there are several. */
  result(job) {
    return this.turns.findLast((turn) => turn.job === job.id);
  }

  /** Ask for a job to end. Returns whether the question could be asked. */
  cancel(job) {
    return this.#connection.send({ type: "cancel_job", job_id: job.id });
  }

  /** Tell what the person thinks of an answer; while there is no line it waits for one. */
  rate(turn, verdict, comment = "") {
    turn.feedback = { verdict, comment, kept: false };
    this.#sendOpinion(turn);
    this.#fire("turn", turn);
  }

  /** Ask for the turns before the first one shown. */
  loadEarlier() {
    const first = this.turns.find((turn) => turn.number >= 0);
    if (first) this.#connection.send({ type: "history", before: first.number });
  }

  /** Promises where a file can be put, which is told by its name, media_type, size and digest. */
  askWhereTo(file) {
    return this.#questions.ask({ type: "upload", id: newId(), ...file }, (frame) => this.#connection.send(frame));
  }

  #hear(frame) {
    switch (frame.type) {
      case "welcome":
        return this.#welcomed(frame);
      case "accepted":
        return this.#accepted(frame);
      case "turn":
        return this.#began(frame.turn);
      case "event":
        return this.#happened(frame.message_id, frame.event);
      case "events":
        for (const event of frame.events) this.#happened(frame.message_id, event);
        return;
      case "job":
        return this.#progressed(frame);
      case "rated":
        return this.#rated(frame);
      case "history":
        return this.#earlier(frame);
      case "upload":
        return this.#questions.answer(frame);
      case "error":
        return this.#failed(frame);
    }
  }

  /** At first the history is all there is; after a loss it fills what was missed, and what was under way goes on. */
  #welcomed(frame) {
    const again = this.#welcome !== null;
    this.#welcome = frame;
    this.#next = "";
    if (!again) this.earlier = frame.earlier;
    for (const view of frame.history) {
      const known = this.#turns.get(view.id);
      this.#unsent.delete(view.id);
      if (!known) this.#turns.set(view.id, turnFromView(view));
      else if (!hasEnded(known) && view.reply)
        this.#ended(Object.assign(known, { number: view.number }), () => finish(known, view.reply));
      if (view.state === "done" && !view.delivered) this.#connection.send({ type: "ack", message_id: view.id, seq: 0 });
    }
    for (const turn of this.#turns.values()) {
      if (turn.feedback?.kept === false) this.#sendOpinion(turn);
      if (this.#unsent.has(turn.id) || hasEnded(turn)) continue;
      this.#connection.send({ type: "resume", message_id: turn.id, after: turn.seq });
    }
    if (this.#connection.unordered) this.#sendFirst();
    else for (const message of this.#unsent.values()) this.#connection.send(message);
    this.#settleAll();
    this.#fire("welcome", frame);
    this.#fire("turns");
  }

  /** Where frames may overtake each other, a message is sent when the server has answered to the one before it. */
  #sendFirst() {
    clearTimeout(this.#overdue);
    const [first] = this.#unsent.values();
    if (!first) return;
    this.#connection.send({ ...first, after: this.#next });
    this.#overdue = setTimeout(() => this.#sendFirst(), ACCEPT_PATIENCE);
  }

  /** The server has a message, or will never take it; `next` is what the one after it has to show. */
  #sent(id, next) {
    if (!this.#unsent.delete(id)) return;
    this.#next = next || this.#next;
    if (this.#connection.unordered) this.#sendFirst();
  }

  #accepted(frame) {
    this.#sent(frame.id, frame.next);
    const turn = this.#turns.get(frame.id);
    if (!turn || turn.state !== "sending") return;
    turn.state = frame.state === "queued" ? "queued" : "running";
    turn.ahead = frame.ahead;
    this.#fire("turn", turn);
    this.#fire("accepted", turn);
  }

  /** One that has a reply already brings it to whoever has not heard it. */
  #began(view) {
    const known = this.#turns.get(view.id);
    if (view.reply) this.#connection.send({ type: "ack", message_id: view.id, seq: 0 });
    if (known) {
      if (view.reply) this.#ended(known, () => finish(known, view.reply));
      return;
    }
    this.#turns.set(view.id, turnFromView(view));
    this.#settleAll();
    this.#fire("turns");
  }

  #happened(id, event) {
    const turn = this.#turns.get(id);
    if (!turn) return;
    if (!this.#connection.unordered) this.#sent(id);
    const ends = event.kind === "final" || event.kind === "failed";
    if (this.#connection.unordered && !this.#isNext(turn, event, ends)) return;
    if (ends) this.#connection.send({ type: "ack", message_id: id, seq: event.seq });
    if (ends) this.#ended(turn, () => apply(turn, event));
    else if (apply(turn, event)) {
      if (turn.held.some((each) => each.seq === turn.seq + 1)) this.#release(turn);
      this.#fire("turn", turn);
    }
  }

  /** Whether nothing before the event is missing; else it waits a while for what does, and that is asked for. */
  #isNext(turn, event, ends) {
    if (hasEnded(turn) || event.seq <= turn.seq + 1) return true;
    if (ends) {
      this.#release(turn);
      return true;
    }
    if (!turn.held.length) {
      this.#connection.send({ type: "resume", message_id: turn.id, after: turn.seq });
      setTimeout(() => this.#release(turn), GAP_PATIENCE);
    }
    turn.held.push(event);
    return false;
  }

  /** Show what has waited, whether or not what was missing has come. */
  #release(turn) {
    const held = turn.held.splice(0).sort((a, b) => a.seq - b.seq);
    if (held.filter((event) => apply(turn, event)).length) this.#fire("turn", turn);
  }

  #ended(turn, change) {
    if (hasEnded(turn)) return;
    change();
    this.#fire("turn", turn);
    this.#fire("ended", turn);
    const asked = turn.job && this.#turns.get(turn.replyTo);
    if (!asked) return;
    settle(asked, turn);
    this.#fire("turn", asked);
  }

  #progressed(frame) {
    const turn = this.#turns.get(frame.message_id);
    if (!turn) return;
    progress(turn, frame, Date.now() / 1000);
    this.#fire("turn", turn);
  }

  /** What the results that are there tell of the jobs that they are from. */
  #settleAll() {
    for (const result of this.turns.filter((turn) => turn.job && hasEnded(turn))) {
      const asked = this.#turns.get(result.replyTo);
      if (asked) settle(asked, result);
    }
  }

  #sendOpinion({ id, feedback: { verdict, comment } }) {
    this.#connection.send({ type: "rate", message_id: id, verdict, comment });
  }

  #rated({ message_id: id, feedback }) {
    const turn = this.#turns.get(id);
    if (turn?.feedback?.verdict !== feedback.verdict || turn.feedback.comment !== feedback.comment) return;
    turn.feedback.kept = true;
    this.#fire("turn", turn);
  }

  #earlier(frame) {
    this.earlier = frame.earlier;
    const later = this.turns;
    this.#turns = new Map(frame.turns.map((view) => [view.id, turnFromView(view)]));
    for (const turn of later) this.#turns.set(turn.id, turn);
    this.#settleAll();
    this.#fire("turns");
  }

  /** A problem with a message belongs to that message; any other is told apart from the turns. */
  #failed(frame) {
    if (this.#questions.answer(frame) || frame.code === "out_of_order") return; // it is sent again when it is due
    const turn = this.#turns.get(frame.id);
    if (!turn || hasEnded(turn)) {
      if (turn?.feedback?.kept === false) {
        turn.feedback = null;
        this.#fire("turn", turn);
      }
      this.#fire("problem", frame);
      return;
    }
    this.#sent(turn.id, frame.next);
    Object.assign(turn, { state: "refused", error: frame.text, incident: frame.incident, progress: null });
    this.#fire("turn", turn);
    this.#fire("ended", turn);
  }

  #fire(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID(); // does not exist in pages without encryption
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
