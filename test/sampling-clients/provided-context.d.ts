import type { Built } from './build.ts';
import type { KitName } from './kits.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** What `global-setup.ts` found or built. */
    samplingKits: Readonly<Record<KitName, Built>>;
  }
}
