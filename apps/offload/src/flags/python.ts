import type { PythonConfig } from '../config/python.js';
import type { FlagsFor } from './flag.js';

export const pythonFlags: FlagsFor<PythonConfig, 'python.'> = {
  'python.engine': {
    name: 'python-engine',
    kind: 'text',
    value: 'ENGINE',
    describe: 'Engine for Python scripts that name none: pyodide or cpython',
    default: 'pyodide',
  },
  'python.executable': {
    name: 'python',
    kind: 'text',
    value: 'PROGRAM',
    describe: 'The Python that engine cpython starts',
    default: 'python3',
  },
  'python.path': {
    name: 'python-path',
    kind: 'list',
    value: 'DIR',
    describe: "Folder `import` searches after the script's own; repeatable",
  },
  // A setting of an installation, not of a run.
  'python.cacheFolder': null,
};
