import type { Deployment, Pod } from './manifests.ts';

/** What came of something that was created. */
export interface Admitted {
  /** The Pod as it is where Tracehook is not called. */
  readonly without: Pod;
  /** The Pods as they are stored. */
  readonly pods: readonly Pod[];
  /** What the API server says to whoever created it. */
  readonly warnings: readonly string[];
}

/** Where Pods are admitted: by an API server that calls the webhook, or by the webhook alone. */
export interface Admission {
  /** Where Deployments go, for a person. */
  readonly place: string;
  /** What their Pods are compared with, for a person. */
  readonly compared: string;
  readonly admitDeployment: (deployment: Deployment) => Promise<Admitted>;
  readonly admitPod: (pod: Pod) => Promise<Admitted>;
}
