#!/usr/bin/env -S node --stack-size=3600
import { Output, writeFully } from './output.js';
import { runCommand } from './run.js';

const output = new Output();
process.exitCode = runCommand(process.argv.slice(2), output, (bytes) => writeFully(2, Buffer.from(bytes, 'latin1')));
