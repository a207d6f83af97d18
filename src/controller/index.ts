/**
 * The companion controller: keeps the objects of every opted-in namespace as the settings say, and says in status, Events and
 * metrics what it did. Every replica follows the cluster and serves sampling; the one that leads writes.
 *
 *   watch events → start.ts → queue.ts (each namespace once, retried without end) → leader.ts
 *     → reconcile.ts      observed → sync/ changesFor → write-changes.ts
 *     → status.ts         conditions of the configuration objects, written when they change
 *     → events.ts         what people should see in `kubectl get events`
 *
 *   owned-objects.ts   what we keep, as it is, ahead of the watch by our own writes     pods.ts, references.ts   who uses it
 *   namespaces.ts, metrics.ts   how many are how
 *   drift/             which running Pods are not as a new one would be, and what is done about it
 */
export { type ControllerOptions, type RunningController, startController } from './start.ts';
