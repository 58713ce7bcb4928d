import { argumentTests } from './arguments.js';
import { lifecycleTests } from './lifecycle.js';
import { objectTests } from './objects.js';
import { deadlineTests, errorTests, moduleTests, outputTests } from './scripts.js';
import type { Suite } from './suite.js';
import { handleTests, valueTests } from './values.js';
import { interleavingTests, waitingTests } from './waiting.js';

/** The whole suite, by what it is about. */
export const GROUPS: Readonly<Record<string, (suite: Suite) => void>> = {
  values: valueTests,
  'functions and tables': handleTests,
  'named arguments': argumentTests,
  modules: moduleTests,
  errors: errorTests,
  deadlines: deadlineTests,
  waiting: waitingTests,
  concurrency: interleavingTests,
  'objects of the host': objectTests,
  output: outputTests,
  'order, load, reload': lifecycleTests,
};
