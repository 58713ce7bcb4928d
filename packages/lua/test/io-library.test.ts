import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createState } from '../src/index.js';
import { createNodeSystem } from '../src/node/node-system.js';
import { MemoryFiles, memorySystem } from './support/memory-system.js';
import { linesOf } from './support/run-lua.js';

describe('io over a system in memory', () => {
  it('io.open() reads lines, numbers and bytes across buffer borders', () => {
    const files = new MemoryFiles();
    files.contents.set('in', 'first line\n  42 -1.5e2 rest\n\nlast');
    const source = `
      local f = io.open("in")
      print(f:read("*l", "*n", "*n", 5, "*l", "*l", "*L", "*l"))
      print(f:seek("set", 2), f:read(3), f:seek("cur"), f:seek("end"), f:read(0))`;
    expect(linesOf(source, { system: memorySystem(files) })).toEqual([
      'first line\t42\t-150\t rest\t\t\tlast\tnil',
      '2\trst\t5\t33\tnil',
    ]);
  });

  it('io files that scripts leave open are written out when the state closes', () => {
    const files = new MemoryFiles();
    linesOf('io.open("out", "w"):write("kept ", 1.5, " back")', { system: memorySystem(files) });
    expect(files.contents.get('out')).toBe('kept 1.5 back');
    expect(files.openFiles).toBe(0);
  });

  it('io.open() answers with nil, text and number of the system’s error', () => {
    const lines = linesOf('print(io.open("missing")) print(io.open("x", "rw")) print(pcall(io.lines, "missing"))', {
      system: memorySystem(new MemoryFiles()),
    });
    expect(lines).toEqual([
      'nil\tmissing: No such file or directory\t2',
      'nil\tx: Invalid argument\t22',
      "false\tbad argument #1 to '?' (missing: No such file or directory)",
    ]);
  });

  it('io.write() on a file opened for reading fails as on Linux', () => {
    const files = new MemoryFiles();
    files.contents.set('in', 'text');
    const lines = linesOf('print(io.open("in"):write("x"))', { system: memorySystem(files) });
    expect(lines).toEqual(['nil\tBad file descriptor\t9']);
  });

  it('io and os without a system say clearly what is not there', () => {
    const lines = linesOf(`
      print(pcall(function() io.open("x") end))
      print(pcall(function() io.popen("ls") end))
      print(pcall(function() os.exit() end))
      print(pcall(function() os.execute("ls") end))
      print(io.read(), os.getenv("PATH"), type(os.clock()))`);
    expect(lines).toEqual([
      'false\ttest:2: files are not available here',
      "false\ttest:3: 'popen' not supported",
      "false\ttest:4: 'exit' not supported",
      "false\ttest:5: 'execute' not supported",
      'nil\tnil\tnumber',
    ]);
  });
});

describe('createNodeSystem()', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'lua-io-'));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it('createNodeSystem() keeps all 256 bytes and the position of a file', () => {
    const lines = linesOf(
      `
      local name = "${directory}/bytes"
      local all = {} for i = 0, 255 do all[#all + 1] = string.char(i) end all = table.concat(all)
      local f = io.open(name, "w") f:write(all) f:close()
      f = io.open(name, "r+b") print(f:read("*a") == all, f:seek("set", 10), f:write("XY"), f:read(1):byte())
      f:close()
      f = io.open(name, "a") f:write("end") f:close()
      f = io.open(name) f:seek("end", -5) print(f:read("*a"):byte(1, -1)) f:close()
      print(os.rename(name, name .. "2"), os.remove(name .. "2"), os.remove(name .. "2") == nil)`,
      { system: createNodeSystem({ streams: false }) },
    );
    expect(lines).toEqual(['true\t10\ttrue\t12', '254\t255\t101\t110\t100', 'true\ttrue\ttrue']);
  });

  it('createNodeSystem() with patience waits for no other end of a pipe, and for a pipe that is not ready so long', () => {
    const pipe = `${directory}/pipe`;
    execFileSync('mkfifo', [pipe]);
    let looks = 0;
    const system = createNodeSystem({ streams: false, patience: () => ++looks < 3 });
    const source = `
      local f = io.open("${pipe}") print(f:read("*a")) f:close()
      print(io.open("${pipe}", "w"))
      f = io.open("${pipe}", "r+") print(f:write("x"), f:flush(), f:read(1)) print(f:read(1))`;
    expect(linesOf(source, { system })).toEqual([
      '',
      `nil\t${pipe}: No such device or address\t6`,
      'true\ttrue\tx',
      'nil\tInterrupted system call\t4',
    ]);
    expect(looks).toBe(3);
  });

  it.each(['read("*a")', 'read("*l")', 'read(1e9)'])(
    'io.open("/dev/zero"):%s, which has no end, can be interrupted',
    (read) => {
      const system = createNodeSystem({ streams: false });
      let looks = 0;
      const state = createState({
        system,
        onFuel: (running) => {
          if (++looks > 2) running.interrupt('enough');
        },
      });
      const chunk = state.load(`return io.open("/dev/zero"):${read}`, '=x');
      expect(() => state.call(chunk)).toThrow('enough');
    },
  );

  it('createNodeSystem() shows only the environment it was given', () => {
    const system = createNodeSystem({ streams: false, environment: { SHOWN: 'ä' } });
    expect(linesOf('print(os.getenv("SHOWN"), os.getenv("PATH"), os.getenv("__proto__"))', { system })).toEqual([
      '\xc3\xa4\tnil\tnil',
    ]);
  });
});

describe('os.date()', () => {
  it.each([
    ['!%Y-%m-%d %H:%M:%S', 1e9, '2001-09-09 01:46:40'],
    ['!%c', 0, 'Thu Jan  1 00:00:00 1970'],
    ['!%c', -1, 'Wed Dec 31 23:59:59 1969'],
    ['!%G %V %U %W %u %w %j', 1609459200, '2020 53 00 00 5 5 001'],
    ['!%G %V %g %h %I %p %y %C', 1230768000, '2009 01 09 Jan 12 AM 09 20'],
    ['!%z %Z %% %q %e', 1e9, '+0000 GMT % %q  9'],
  ])('os.date(%j, %d) gives %j', (format, time, text) => {
    expect(linesOf(`print(os.date("${format}", ${time}))`)).toEqual([text]);
  });

  it('os.time() carries fields that are out of range over to the next', () => {
    const source = `
      local a = os.time({year = 2000, month = 13, day = 32, hour = 25})
      local b = os.time({year = 2001, month = 2, day = 2, hour = 1})
      print(a == b, os.date("*t", b).yday)`;
    expect(linesOf(source)).toEqual(['true\t33']);
  });
});
