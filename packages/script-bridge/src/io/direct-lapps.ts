import type { AddressInfo } from 'node:net';
import { isIPv6 } from 'node:net';
import { createLappsServer, type ListenOptions } from '@offload/lapps-server';
import type { ReportedServerEvent } from '../direct-messages.js';
import { BridgeError } from '../errors.js';
import { decodeFault, RecordKind } from '../records.js';
import { openSharedState, type SharedState } from '../shared/shared-state.js';
import { DirectDoor } from './direct-door.js';
import { FaultLog } from './fault-log.js';
import type { Bridge, Frontend } from './frontend.js';
import { type LappsDoor, WS_KINDS } from './lapps.js';
import type { LappsPlan } from './lapps-plan.js';
import { ServiceDesk, type ServiceDeskOptions } from './service-desk.js';
import { reactive, settingsOf } from './ws-sockets.js';

/** Options of {@link connectDirectLapps}; those of the server are in the plan. */
export interface DirectLappsOptions extends ServiceDeskOptions {
  readonly onEvent?: (event: ReportedServerEvent) => void;
}

/**
 * Lets the one worker of the pool accept browsers by itself: sockets, frames and services on one thread, no hop. TCP
 * addresses only. The price is that of {@link connectDirectSpop}: what costs the worker costs its connections, which are
 * cut then, without a Close frame; its successor listens again.
 *
 * @param plan made with `direct`
 * @throws BridgeError `BRIDGE_ERR_DIRECT`; LappsServerError as `createLappsServer`
 */
export function connectDirectLapps(bridge: Bridge, plan: LappsPlan, options: DirectLappsOptions = {}): LappsDoor {
  return new DirectLapps(bridge, plan, options);
}

class DirectLapps implements LappsDoor, Frontend {
  readonly kinds = WS_KINDS;
  private readonly bridge: Bridge;
  private readonly shared: SharedState;
  private readonly desk: ServiceDesk;
  private readonly faults: FaultLog;
  private readonly door: DirectDoor<ReportedServerEvent>;

  constructor(bridge: Bridge, plan: LappsPlan, options: DirectLappsOptions) {
    const { direct, shared } = plan.workerData;
    if (direct === undefined) throw new BridgeError('BRIDGE_ERR_DIRECT', 'Cannot serve directly: the plan is another');
    const { size } = bridge.pool;
    if (size !== 1) {
      const message = `Cannot serve WebSockets directly in ${size} workers: a connection belongs to the worker of its service`;
      throw new BridgeError('BRIDGE_ERR_DIRECT', message);
    }
    // What is wrong with the options is said here and now; the worker would say it as it starts.
    const { maxConnections: _connections, maxBroadcasts: _broadcasts, reportConnections: _report, ...server } = direct;
    const services = reactive(plan.services).map(({ spec }) => [
      spec.requestTarget,
      { ...settingsOf(spec), onMessage: () => {} },
    ]);
    void createLappsServer({ ...server, services: Object.fromEntries(services) }).stop();
    this.bridge = bridge;
    this.shared = openSharedState(shared);
    this.faults = new FaultLog(bridge.log);
    this.desk = new ServiceDesk(bridge, plan, options);
    this.door = new DirectDoor(bridge, {
      door: 'ws',
      onEvent: options.onEvent,
      listenError: (message, cause) => new Error(message, { cause }),
    });
    bridge.add(this);
  }

  reply(context: unknown, kind: number): void {
    if (kind === RecordKind.ServiceEnded) this.desk.standalone.end(context);
  }

  fault(context: unknown, kind: number): void {
    if (kind === RecordKind.RunService) this.desk.standalone.end(context);
  }

  /** The threads of standalone services know no other way to the sockets. */
  event(_worker: number, kind: number, bytes: Uint8Array, at: number, end: number): void {
    if (kind === RecordKind.ServiceFault) {
      this.faults.write(decodeFault(bytes, at, end), {});
      return;
    }
    this.bridge.pool.sendEvent(kind, bytes, at, end, 0);
    this.bridge.flushSoon();
  }

  workerChanged(worker: number, state: 'lost' | 'ready'): void {
    if (state === 'lost') this.desk.logLost(worker, this.shared.connections.closeAll(), 'cut');
  }

  start(): Promise<void> {
    return this.desk.standalone.start();
  }

  async listen({ host, port, path, backlog }: ListenOptions): Promise<AddressInfo> {
    if (path !== undefined || port === undefined) throw new Error(`Cannot listen on ${path} directly: no TCP address`);
    const bound = await this.door.listen({ host, port, backlog });
    return { address: bound.host, port: bound.port, family: isIPv6(bound.host) ? 'IPv6' : 'IPv4' };
  }

  async stop(graceMs: number): Promise<void> {
    this.shared.stop.raise();
    this.desk.sayStop();
    await Promise.all([this.door.stop({ graceMs }), this.desk.standalone.stop(graceMs)]);
  }

  /** The worker is behind with what those threads say. */
  congested(on: boolean): void {
    this.desk.standalone.holdBack(on);
  }

  // Passes are the worker's own business.
  passEnd(): void {}
}
