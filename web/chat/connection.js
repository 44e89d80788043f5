/** The socket: it says hello, notices when the line is dead, and comes back by itself. No DOM here. */

const PROTOCOL = 1;
const FIRST_DELAY = 400;
const LONGEST_DELAY = 20_000;
const QUIET = 20_000;
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
  #wake = () => this.#hurry();

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
    document.addEventListener("visibilitychange", this.#wake);
    this.#connect();
  }

  /** End for good. */
  close() {
    removeEventListener("online", this.#wake);
    document.removeEventListener("visibilitychange", this.#wake);
    clearTimeout(this.#retry);
    this.#drop();
    this.#attempts = 0;
  }

  /** Send a frame if the line is open. Returns whether it was. */
  send(frame) {
    if (this.state !== "open") return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
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
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#expect(PATIENCE);
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", v: PROTOCOL, conversation: this.#conversation }));
    socket.onmessage = (message) => this.#hear(message.data);
    socket.onclose = (event) => this.#lost(event.code);
  }

  #hear(text) {
    const frame = JSON.parse(text);
    this.#expect(QUIET);
    if (frame.type === "welcome") {
      this.#attempts = 0;
      this.#conversation = frame.conversation;
      this.#enter("open");
    }
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
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
