/**
 * The HTTPS edge: reviews of the API server in, answers out. Everything that a decision depends on is in memory; the only
 * IO for a review is its own connection and a log line.
 *
 *   POST /inject/{enabled,all}
 *     → server.ts    path, method, content type; body.ts: size, deadline; intake.ts: room and time for it; structure.ts: values
 *     → answer.ts    the four below in a row; whatever fails, a review is answered and its Pod allowed
 *     → recall.ts    the answer to a Pod of the same template, if one came before: then none of the following
 *     → review.ts    the AdmissionReview, held against what is needed of it   (refusal.ts: every 4xx)
 *     → decide.ts    planInjection and patchOf; whatever they throw admits the Pod as it is
 *     → respond.ts   the answer, made from the review
 *     → record.ts    counters and the log line
 *
 *   overload.ts (turns.ts, lanes.ts) stands in front of all of it: what has to wait, and what is closed instead of answered too late
 *   start.ts wires, drain.ts ends · tls-server.ts, certificate*.ts: the TLS port · metrics.ts: what is counted · serving/: what all ports have
 */
export type { RunningWebhook, WebhookDependencies, WebhookOptions } from './options.ts';
export { startWebhook } from './start.ts';
