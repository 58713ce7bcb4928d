import { deepCopy } from './convert.js';
import { parseJson } from './parse.js';
import type { JsonValue } from './value.js';

/** Longest text remembered, bytes. */
const MAX_TEXT = 256;
const MAX_TEXTS = 256;

/**
 * Parsed forms of short texts. Scripts make their answers from the same few literals over and over
 * (`nljson.decode('{"cid":0,"status":1,"result":[]}')`): copying is cheaper than parsing.
 */
export class TemplateCache {
  private readonly parsed = new Map<string, JsonValue>();

  /** @throws HostError as `parseJson` */
  parse(text: string): JsonValue {
    if (text.length > MAX_TEXT) return parseJson(text);
    let template = this.parsed.get(text);
    if (template === undefined) {
      template = parseJson(text);
      // What is not said twice soon is data, not a literal: start over rather than keep what came first.
      if (this.parsed.size >= MAX_TEXTS) this.parsed.clear();
      this.parsed.set(text, template);
    }
    return deepCopy(template);
  }
}
