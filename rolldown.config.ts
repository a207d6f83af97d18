import type { BuildOptions } from 'rolldown';

/** One file to run, and chunks that a command loads only if it needs them: `inject` never reads the server. */
export default {
  input: { tracehook: 'src/main.ts' },
  platform: 'node',
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: 'chunks/[name]-[hash].mjs',
    banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node' : ''),
    cleanDir: true,
  },
} satisfies BuildOptions;
