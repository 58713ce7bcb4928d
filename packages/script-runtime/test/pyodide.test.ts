import { pyodide } from '../src/runtimes/pyodide.js';
import { ENGINES } from './conformance/engines.js';
import { conformance } from './conformance.js';

conformance(pyodide, ENGINES.pyodide);
