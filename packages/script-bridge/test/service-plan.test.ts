import { describe, expect, it } from 'vitest';
import { planServices } from '../src/service-plan.js';
import type { ServiceSpec } from '../src/service-spec.js';

const raw = (name: string, rest: Partial<ServiceSpec> = {}): ServiceSpec => ({
  name,
  file: `${name}.lua`,
  protocol: 'raw',
  requestTarget: `/${name}`,
  ...rest,
});
const names = (specs: ServiceSpec[]) => planServices(specs, 1).services.map(({ spec }) => spec.name);
const code = (fn: () => unknown): unknown => {
  try {
    fn();
    return undefined;
  } catch (error) {
    return [(error as { code: string }).code, (error as Error).message];
  }
};

describe('planServices()', () => {
  it('planServices() orders by name, dependencies first', () => {
    expect(names([raw('b'), raw('a', { depends: ['c'] }), raw('c')])).toEqual(['c', 'a', 'b']);
  });

  it('planServices() leaves out what is not started, unless something needs it', () => {
    expect(names([raw('a', { autoStart: false }), raw('b')])).toEqual(['b']);
    expect(names([raw('a', { autoStart: false }), raw('b', { depends: ['a'] })])).toEqual(['a', 'b']);
  });

  it('planServices() refuses cycles and names them, not a service that names itself', () => {
    expect(names([raw('a', { depends: ['a'] })])).toEqual(['a']);
    const specs = [raw('a', { depends: ['b'] }), raw('b', { depends: ['c'] }), raw('c', { depends: ['b'] })];
    expect(code(() => names(specs))).toEqual(['BRIDGE_ERR_DEPENDS', expect.stringContaining('b -> c -> b')]);
  });

  it('planServices() warns of unknown names', () => {
    const { warnings, services } = planServices([raw('a', { depends: ['x'], preload: ['mqr', 'y'] })], 1);
    expect(warnings).toEqual([expect.stringContaining("'x'"), expect.stringContaining("'y'")]);
    expect(services[0]?.depends).toEqual([]);
  });

  it('planServices() spreads instances over the workers, across services', () => {
    const standalone = raw('s', { standalone: true, instances: 2, requestTarget: undefined });
    const { services } = planServices([raw('a'), raw('b', { instances: 3 }), standalone], 2);
    expect(services.map(({ instances }) => instances.map(({ worker }) => worker))).toEqual([[0], [1, 0, 1], [-1, -1]]);
    expect(services.flatMap(({ instances }) => instances.map(({ number }) => number))).toEqual([0, 1, 2, 3, 4, 5]);
  });

  const bad: [string, ServiceSpec[]][] = [
    ['needs a name', [raw('')]],
    ['names no file', [raw('a', { file: '' })]],
    ['that is the name of a module', [raw('ws', { file: 'a.lua' })]],
    ["its file has the name of the module 'time'", [raw('a', { file: 'x/time.lua' })]],
    ['instances is 0', [raw('a', { instances: 0 })]],
    ['instances is 1.5', [raw('a', { instances: 1.5 })]],
    ['protocol is "x"', [raw('a', { protocol: 'x' as 'raw' })]],
    ['request target', [raw('a', { requestTarget: 'a' })]],
    ['given twice', [raw('a'), raw('a', { requestTarget: '/b' })]],
    ["service 'a' has the request target", [raw('a'), raw('b', { requestTarget: '/a' })]],
  ];
  it.each(bad)('planServices() refuses: %s', (text, specs) => {
    expect(code(() => names(specs))).toEqual(['BRIDGE_ERR_SERVICE', expect.stringContaining(text)]);
  });
});
