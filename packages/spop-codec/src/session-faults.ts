import { Status } from './constants.js';
import { SpopError } from './errors.js';
import type { FrameHeader } from './frame-header.js';

/** A good frame at the wrong moment. */
export function outOfPlace(what: string): SpopError {
  return new SpopError('SPOP_ERR_SEQUENCE', `Cannot accept ${what}`);
}

/** A frame between the fragments of another message: status 11. */
export function interlaced(header: FrameHeader): SpopError {
  const message = `Cannot accept a frame with ids ${header.streamId} and ${header.frameId}: another message is half sent`;
  return new SpopError('SPOP_ERR_SEQUENCE', message, { status: Status.INTERLACED_FRAMES });
}

/** A fragment although `fragmentation` was not announced: status 10. */
export function notFragmentable(header: FrameHeader): SpopError {
  const message = `Cannot accept a fragment of NOTIFY ${header.streamId}: fragmentation was not announced`;
  return new SpopError('SPOP_ERR_FRAME_FLAGS', message);
}
