import type { Attributes, Context } from '@opentelemetry/api';
import {
  createAllowListAttributesProcessor,
  createDenyListAttributesProcessor,
  type IAttributesProcessor,
} from '@opentelemetry/sdk-metrics';

/** What a view's processors leave of the attributes, one after the other. */
export function processAttributes(processors: readonly IAttributesProcessor[], attributes: Attributes, context?: Context): Attributes {
  let processed = attributes;
  for (const processor of processors) processed = processor.process(processed, context);
  return processed;
}

// The SDK does not export the classes.
const ALLOW_LIST = createAllowListAttributesProcessor([]).constructor;
const DENY_LIST = createDenyListAttributesProcessor([]).constructor;

/** Whether it makes the same of the same attributes, whatever the context: the SDK's lists do, of others nobody knows. */
export function isPure(processor: IAttributesProcessor): boolean {
  return processor.constructor === ALLOW_LIST || processor.constructor === DENY_LIST;
}

/** One of the SDK's lists, as data that another thread can be told. */
export type PortableProcessor = { readonly allow: readonly string[] } | { readonly deny: readonly string[] };

/** `undefined` for one that is code. */
export function toPortable(processor: IAttributesProcessor): PortableProcessor | undefined {
  // Private fields of the SDK's: where a version has no such field, the processor counts as code.
  const { _allowedAttributeNames: allowed, _deniedAttributeNames: denied } = processor as {
    readonly _allowedAttributeNames?: unknown;
    readonly _deniedAttributeNames?: unknown;
  };
  if (processor.constructor === ALLOW_LIST && allowed instanceof Set) return { allow: [...(allowed as Set<string>)] };
  if (processor.constructor === DENY_LIST && denied instanceof Set) return { deny: [...(denied as Set<string>)] };
  return undefined;
}

export function fromPortable(processor: PortableProcessor): IAttributesProcessor {
  return 'allow' in processor
    ? createAllowListAttributesProcessor([...processor.allow])
    : createDenyListAttributesProcessor([...processor.deny]);
}
