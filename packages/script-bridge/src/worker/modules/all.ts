import type { HostModule } from '@offload/script-runtime';
import { createBcastModule } from './bcast.js';
import type { ModuleContext } from './context.js';
import { createCwsModule } from './cws.js';
import { createMqrModule } from './mqr.js';
import { createMurmurModule } from './murmur.js';
import { createNapModule } from './nap.js';
import { createNljsonModule } from './nljson.js';
import { createOffloadModule } from './offload.js';
import { createPamAuthModule } from './pam-auth.js';
import { createTimeModule } from './time.js';
import { createWsModule } from './ws.js';

/** The modules of LAppS (`lapps.md 3`): every script has all of them, whatever its service preloads. */
export function createLappsModules(context: ModuleContext): readonly HostModule[] {
  return [
    createNljsonModule(context),
    createWsModule(context),
    createBcastModule(context),
    createMqrModule(context),
    createCwsModule(context),
    createNapModule(context),
    createTimeModule(),
    createMurmurModule(),
    createPamAuthModule(context),
    createOffloadModule(context),
  ];
}
