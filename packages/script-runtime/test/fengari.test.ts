import { fengari } from '../src/runtimes/fengari.js';
import { conformance } from './conformance.js';

conformance(fengari);
