/** `npm run build`: src/ → dist/, without a word unless it fails. */
import { build } from 'rolldown';
import configuration from './rolldown.config.ts';

await build(configuration);
