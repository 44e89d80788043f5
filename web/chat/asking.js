/** Questions to the server that one frame answers, by the id that both have. No DOM here. */

const PATIENCE = 20_000;

export class Questions {
  #open = new Map();

  /** The answer to a frame, which `send` sends; rejects with what to tell a person, or with nothing if none comes. */
  ask(frame, send) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#take(frame.id)?.reject(""), PATIENCE);
      this.#open.set(frame.id, { resolve, reject, timer });
      if (!send(frame)) this.#take(frame.id).reject("");
    });
  }

  /** Take an answer. Returns whether it was asked for. */
  answer(frame) {
    const question = this.#take(frame.id);
    if (frame.type === "error") question?.reject(frame.text);
    else question?.resolve(frame);
    return question !== undefined;
  }

  #take(id) {
    const question = this.#open.get(id);
    this.#open.delete(id);
    clearTimeout(question?.timer);
    return question;
  }
}
