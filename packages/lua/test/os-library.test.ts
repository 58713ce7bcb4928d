import { describe, expect, it } from 'vitest';
import { MemoryFiles, memorySystem } from './support/memory-system.js';
import { linesOf } from './support/run-lua.js';

describe('os', () => {
  it('os.difftime() counts whole seconds, as C does', () => {
    expect(linesOf('print(os.difftime(10, 4), os.difftime(1.5, 0.25), os.difftime("7", 2))')).toEqual(['6\t1\t5']);
  });

  it('os.time() names the field a date table lacks', () => {
    const source = `
      for _, t in ipairs { {}, { day = 1 }, { day = 1, month = 1 }, { day = "x", month = 1, year = 1 } } do
        print(pcall(os.time, t))
      end`;
    expect(linesOf(source)).toEqual([
      "false\tfield 'day' missing in date table",
      "false\tfield 'month' missing in date table",
      "false\tfield 'year' missing in date table",
      "false\tfield 'day' missing in date table",
    ]);
  });

  it('os.time() gives noon when no hour is named, and reads texts', () => {
    const source = `
      local noon = os.time { year = 2020, month = 1, day = 1, hour = 12 }
      print(os.time { year = "2020", month = "1", day = "1" } == noon, os.time(os.date("*t", noon)) == noon)`;
    expect(linesOf(source)).toEqual(['true\ttrue']);
  });

  it('os.setlocale() knows the C locale and refuses unknown categories', () => {
    const source = 'print(os.setlocale("C"), os.setlocale("de_DE")) print(pcall(os.setlocale, "C", "nope"))';
    expect(linesOf(source)).toEqual(['C\tnil', "false\tbad argument #2 to '?' (invalid option 'nope')"]);
  });

  it('os.remove(), os.rename() and os.tmpname() use the files of the system', () => {
    const source = `
      local name = os.tmpname()
      print(os.rename(name, "b"), os.remove("b"))
      print(os.remove("b"))
      print(os.rename("b", "c"))`;
    expect(linesOf(source, { system: memorySystem(new MemoryFiles()) })).toEqual([
      'true\ttrue',
      'nil\tb: No such file or directory\t2',
      'nil\tb: No such file or directory\t2',
    ]);
  });

  it('os functions a system does not offer say so', () => {
    const source = `
      print(pcall(os.remove, "x"))
      print(pcall(os.execute, "true"))
      print(pcall(os.exit))
      print(os.getenv("PATH"), type(os.clock()))`;
    expect(linesOf(source)).toEqual([
      'false\tfiles are not available here',
      "false\t'execute' not supported",
      "false\t'exit' not supported",
      'nil\tnumber',
    ]);
  });

  it('os.exit() and os.execute() hand status and command to the system', () => {
    const asked: unknown[] = [];
    const system = memorySystem(new MemoryFiles(), {
      execute: (command) => {
        asked.push(command);
        return command === undefined ? 1 : 256;
      },
      exit: (code) => {
        asked.push(code);
        throw new Error('left');
      },
    });
    const source = 'print(os.execute(), os.execute("false")) print(pcall(os.exit, 3)) print(pcall(os.exit, false))';
    expect(linesOf(source, { system })[0]).toBe('1\t256');
    expect(asked).toEqual([undefined, 'false', 3, 1]);
  });
});
