import { type CborLimits, resolveCborLimits } from '@offload/lapps-codec';
import { JSON_LIMITS, MAX_DOCUMENT_BYTES } from './value.js';

/** Bounds of CBOR that comes from a script or stays within the process. */
export const DOCUMENT_CBOR: CborLimits = resolveCborLimits({ maxBytes: MAX_DOCUMENT_BYTES, ...JSON_LIMITS });
