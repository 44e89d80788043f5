/** A turn as the widget holds it: a message, and what its events have come to so far. No DOM here. */

import { jobOf } from "./jobs.js";

/** A turn that this window has just begun. */
export function newTurn({ id, text, files = [] }) {
  return { ...blank(), id, text, files, at: Date.now() / 1000, state: "sending" };
}

/** A turn as the server's history tells it. */
export function turnFromView(view) {
  const turn = { ...blank(), id: view.id, text: view.text, files: view.attachments, at: view.at, number: view.number };
  Object.assign(turn, { job: view.job, replyTo: view.reply_to });
  if (view.feedback) turn.feedback = { ...view.feedback, kept: true };
  turn.state = view.state === "queued" ? "queued" : "running";
  if (view.state === "done" && view.reply) finish(turn, view.reply);
  return turn;
}

/** Take over a reply that is known as a whole. */
export function finish(turn, reply) {
  Object.assign(turn, {
    state: reply.status === "failed" ? "failed" : "done",
    answer: reply.status === "failed" ? "" : reply.text,
    error: reply.status === "failed" ? reply.text : "",
    outcome: reply.status,
    citations: reply.citations,
    artifacts: reply.artifacts,
    warnings: reply.warnings,
    question: reply.question,
    steps: reply.tools.map((tool) => ({ ...tool, text: "" })),
    incident: reply.incident,
    progress: null,
  });
  if (reply.job) jobOf(turn, reply.job.job_id, reply.job.text);
}

/** Fold an event in. Returns whether it was news: what was seen before changes nothing. */
export function apply(turn, event) {
  if (event.seq <= turn.seq || hasEnded(turn)) return false;
  turn.seq = event.seq;
  if (turn.state !== "running") turn.state = "running";
  FOLDS[event.kind]?.(turn, event);
  return true;
}

/** Whether nothing more will happen in it. */
export function hasEnded(turn) {
  return turn.state === "done" || turn.state === "failed" || turn.state === "refused";
}

const FOLDS = {
  status: (turn, event) => {
    turn.progress = event;
  },
  delta: (turn, event) => {
    turn.answer += event.text;
    turn.progress = null;
  },
  tool_started: (turn, event) => {
    const step = turn.steps.find((each) => each.call_id === event.call_id); // of an attempt whose worker died
    if (step) Object.assign(step, { status: "running", missing: [] });
    else turn.steps.push({ ...event, status: "running", missing: [] });
  },
  tool_finished: (turn, event) => {
    const step = turn.steps.find((each) => each.call_id === event.call_id);
    if (step) Object.assign(step, { status: event.status, seconds: event.seconds, missing: event.missing });
    else turn.steps.push({ ...event, text: "" });
    turn.progress = null;
  },
  citation: (turn, event) => {
    turn.citations = [...turn.citations.filter((each) => each.number !== event.number), event].sort(
      (a, b) => a.number - b.number,
    );
  },
  artifact: (turn, event) => {
    turn.artifacts.push(event);
  },
  warning: (turn, event) => {
    turn.warnings.push(event);
  },
  question: (turn, event) => {
    turn.question = event;
  },
  job_started: (turn, event) => {
    jobOf(turn, event.job_id, event.text);
  },
  final: (turn, event) => {
    Object.assign(turn, { state: "done", answer: event.text, outcome: event.status, progress: null });
    settle(turn);
  },
  failed: (turn, event) => {
    Object.assign(turn, {
      state: "failed",
      outcome: "failed",
      error: event.text,
      incident: event.incident,
      progress: null,
    });
    settle(turn);
  },
};

/** A step whose end was never told ended with the turn. */
function settle(turn) {
  for (const step of turn.steps) if (step.status === "running") step.status = "cancelled";
}

function blank() {
  return {
    number: -1,
    seq: 0,
    ahead: 0,
    answer: "",
    outcome: "",
    error: "",
    incident: "",
    progress: null,
    question: null,
    feedback: null,
    job: "",
    replyTo: "",
    jobs: [],
    held: [],
    files: [],
    steps: [],
    citations: [],
    artifacts: [],
    warnings: [],
  };
}
