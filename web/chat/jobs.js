/** The jobs that a turn has begun, as the widget holds them: each with how far it is. No DOM here. */

/** How a job has ended, by the status of its result. */
const ENDS = { complete: "succeeded", partial: "partial", stopped: "cancelled", failed: "failed" };

/** Seconds without news after which whoever was at work may be gone: work that is well tells of itself every other one. */
const SILENT = 20;

/** The turn's job of this id; a new one if it is not known, of which nothing is told yet. */
export function jobOf(turn, id, text = "") {
  let job = turn.jobs.find((each) => each.id === id);
  if (!job) {
    job = { id, text, state: "", done: 0, total: 0, cancelling: false, heard: 0 };
    turn.jobs.push(job);
  }
  return job;
}

/** Take over what the server tells of a job, at that time in seconds. */
export function progress(turn, { job_id, state, text, done, total }, heard) {
  const job = jobOf(turn, job_id, text);
  Object.assign(job, { state, text: text || job.text, done, total, heard });
  job.cancelling &&= goesOn(job);
}

/** The result of a job is there: if its end was missed, it is known by this. */
export function settle(turn, result) {
  const job = jobOf(turn, result.job);
  if (!job.state || goesOn(job)) Object.assign(job, { state: ENDS[result.outcome], cancelling: false });
}

/** Whether a job that is at work has told nothing for longer than one that is well does. */
export function isSilent(job, now) {
  return job.state === "running" && now - job.heard > SILENT;
}

/** Whether the job is known to go on. */
export function goesOn(job) {
  return job.state === "queued" || job.state === "running";
}
