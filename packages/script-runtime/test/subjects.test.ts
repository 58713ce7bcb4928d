import { describe, expect, it } from 'vitest';
import { WATCH_BYTES } from '../src/protocol.js';
import type { ScriptCall } from '../src/runtime.js';
import { Subjects, subjectsText } from '../src/subjects.js';
import { SharedWatch, WatchedHost } from '../src/watched-host.js';

const THREAD = { timeoutMs: 1000, log() {}, giveUp() {}, hold() {}, release() {} };

function both(count: number) {
  const memory = new SharedArrayBuffer(WATCH_BYTES);
  const host = new WatchedHost(THREAD, new SharedWatch(memory));
  const subjects = new Subjects(memory);
  for (let i = 1; i <= count; i++) subjects.add({ what: `message '${i}'`, script: `${i}.lua` });
  const running = (): string[] => subjects.running.map(({ what }) => what);
  return { host, subjects, running };
}

const callFor = (subject?: number): ScriptCall => ({ settled() {}, ...(subject === undefined ? {} : { subject }) });

describe('Subjects', () => {
  it('knows what the running call runs for, and nothing once it is over or where the call does not say', () => {
    const { host, running } = both(3);
    host.current = callFor(2);
    expect(running()).toEqual([]);
    host.enterScript();
    expect(running()).toEqual(["message '2'"]);
    host.current = callFor();
    expect(running()).toEqual([]);
    host.current = callFor(3);
    host.leaveScript();
    expect(running()).toEqual([]);
  });

  it('knows the calls of a batch that are not over, also after one of them was looked at', () => {
    const { host, running } = both(40);
    const calls = [callFor(1), callFor(3), null, callFor(3), callFor()];
    host.serves(calls, 0);
    host.enterScript();
    expect(running()).toEqual(["message '1'", "message '3'"]);
    host.current = callFor(1);
    expect(running()).toEqual(["message '1'"]);
    host.current = null;
    expect(running()).toEqual(["message '1'", "message '3'"]);
    host.serves(calls, 1);
    expect(running()).toEqual(["message '3'"]);
    host.serves([], 0);
    expect(running()).toEqual([]);
  });

  it('tells those that have no bit of their own together', () => {
    const { host, running } = both(40);
    host.serves([callFor(2), callFor(35)], 0);
    host.enterScript();
    expect(running()).toContain("message '2'");
    expect(running()).toContain("message '35'");
    expect(running()).not.toContain("message '3'");
  });
});

describe('subjectsText()', () => {
  it('names what and where', () => {
    const a = { what: "message 'a'", script: 'a.lua', where: 'a.lua:3' };
    const b = { what: "service 'b'", script: 'b.lua' };
    expect(subjectsText([a])).toBe("message 'a' (a.lua:3)");
    expect(subjectsText([a, b])).toBe("one of message 'a' (a.lua:3), service 'b' (b.lua)");
  });
});
