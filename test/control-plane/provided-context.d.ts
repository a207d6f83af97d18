import type { ControlPlaneSearch } from './binaries.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** What `global-setup.ts` found, for `suite.ts`. */
    controlPlane: ControlPlaneSearch;
  }
}
