/** The socket: it says hello, notices when the line is dead, and comes back by itself. No DOM here. */

import { Joiner, cut } from "./frames.js";

const PROTOCOL = 1;
const FIRST_DELAY = 400;
const LONGEST_DELAY = 20_000;
/** What the line asks for until the server has said so. */
const LINE = { frame: 0, life: 0, quiet: 20 };
/** Of a line's life, when to come back before it is cut; at random, so that not all do so at once. */
const RENEW_FROM = 0.85;
const RENEW_UNTIL = 0.95;
const PATIENCE = 10_000;
const CLOSE_VERSION = 4406;

/**
 * Fires "frame" (detail: the frame) and "state" (detail: "connecting", "open", "waiting" or "refused").
 */
export class Connection extends EventTarget {
  #url;
  #socket = null;
  #conversation = "";
  #attempts = 0;
  #retry = 0;
  #watch = 0;
  #renewal = 0;
  #line = LINE;
  #trying = null;
  #joiner = new Joiner();
  #wake = () => this.#hurry();
  #doubt = () => this.state === "open" && this.#lost(0);

  /** `url` is the socket's address, or a function that promises one for each attempt. */
  constructor(url) {
    super();
    this.#url = url;
    this.state = "connecting";
  }

  /** Begin, with a conversation to go on with or without. */
  open(conversation) {
    this.close();
    this.#conversation = conversation;
    addEventListener("online", this.#wake);
    addEventListener("offline", this.#doubt);
    document.addEventListener("visibilitychange", this.#wake);
    this.#connect();
  }

  /** End for good. */
  close() {
    removeEventListener("online", this.#wake);
    removeEventListener("offline", this.#doubt);
    document.removeEventListener("visibilitychange", this.#wake);
    clearTimeout(this.#retry);
    this.#drop();
    this.#attempts = 0;
  }

  /** Send a frame if the line is open. Returns whether it was. */
  send(frame) {
    if (this.state !== "open") return false;
    for (const text of cut(frame, this.#line.frame)) this.#socket.send(text);
    return true;
  }

  /** Whether frames may overtake each other on the way. */
  get unordered() {
    return this.#line.frame > 0;
  }

  /** How often it has failed since it last worked. */
  get attempts() {
    return this.#attempts;
  }

  /** Try again now rather than later. */
  retryNow() {
    if (this.state !== "waiting") return;
    clearTimeout(this.#retry);
    this.#connect();
  }

  #connect() {
    this.#drop();
    this.#enter("connecting");
    if (typeof this.#url !== "function") return this.#dial(this.#url);
    this.#expect(PATIENCE);
    const trying = (this.#trying = {});
    const still = (next) => (found) => this.#trying === trying && next(found);
    this.#url().then(
      still((url) => this.#dial(url)),
      still(() => this.#lost(0)),
    );
  }

  #dial(url) {
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#line = LINE;
    this.#joiner = new Joiner();
    this.#expect(PATIENCE);
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", v: PROTOCOL, conversation: this.#conversation }));
    socket.onmessage = (message) => this.#hear(message.data);
    socket.onclose = (event) => this.#lost(event.code);
  }

  #hear(text) {
    const heard = JSON.parse(text);
    this.#expect(this.#line.quiet * 1000);
    const frame = heard.type === "chunk" ? this.#joiner.add(heard) : heard;
    if (!frame) return;
    if (frame.type === "welcome") {
      this.#attempts = 0;
      this.#conversation = frame.conversation;
      this.#settle({ ...LINE, ...frame.line });
      this.#enter("open");
    }
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
    if (frame.type === "error" && frame.code === "version") this.#lost(CLOSE_VERSION);
  }

  /** Keep to what the line asks for; one that has a limited life is replaced before its end. */
  #settle(line) {
    this.#line = line;
    this.#expect(line.quiet * 1000);
    if (!line.life) return;
    const share = RENEW_FROM + Math.random() * (RENEW_UNTIL - RENEW_FROM);
    this.#renewal = setTimeout(() => this.#connect(), line.life * 1000 * share);
  }

  /** After a quiet time ask whether anybody is there; without an answer the line is dead, whatever the socket says. */
  #expect(time) {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      if (this.state !== "open") return this.#lost(0);
      this.send({ type: "ping" });
      this.#watch = setTimeout(() => this.#lost(0), PATIENCE);
    }, time);
  }

  #lost(code) {
    this.#drop();
    if (code === CLOSE_VERSION) return this.#enter("refused");
    const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#attempts) * (0.75 + Math.random() / 2);
    this.#attempts += 1;
    this.#enter("waiting");
    this.#retry = setTimeout(() => this.#connect(), delay);
  }

  #drop() {
    clearTimeout(this.#watch);
    clearTimeout(this.#renewal);
    this.#trying = null;
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = null;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #hurry() {
    if (document.visibilityState === "visible") this.retryNow();
  }

  #enter(state) {
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }
}
