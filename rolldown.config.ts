import { defineConfig } from 'rolldown';

/** One file for the command line: one process start reads one file, not a thousand. */
export default defineConfig({
  input: 'src/main.ts',
  platform: 'node',
  output: { file: 'dist/tracehook.mjs', format: 'esm', sourcemap: false, banner: '#!/usr/bin/env node', codeSplitting: false },
});
