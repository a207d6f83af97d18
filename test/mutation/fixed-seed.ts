/** Generated Pods are the same in every run, so that a mutant's fate is too. */
import fc from 'fast-check';

fc.configureGlobal({ seed: 1 });
