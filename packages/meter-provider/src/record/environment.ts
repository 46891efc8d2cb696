import { getEnvironmentData, setEnvironmentData, threadId } from 'node:worker_threads';
import { diag } from '@opentelemetry/api';
import type { ViewOptions } from '@opentelemetry/sdk-metrics';
import { fromPortable, toPortable, type PortableProcessor } from './attributes-processors.ts';
import type { ReaderSelection } from './reader-selection.ts';

/** Under which the workers of a thread are told where to record. */
const KEY = 'otel-perf.meter-provider';

type PortableView = Omit<ViewOptions, 'attributesProcessors'> & { readonly attributesProcessors?: readonly PortableProcessor[] };

/** What a thread tells the workers that it starts. They tell it to theirs. */
export interface Announcement {
  readonly buffer: SharedArrayBuffer;
  /** Who announces. */
  readonly threadId: number;
  /** What the readers want that are where the arena was made. */
  readonly selections: readonly ReaderSelection[];
  /** Those that can be told. */
  readonly views: readonly PortableView[];
  /** How many cannot, since they have attributes processors that are code. */
  readonly viewsLeftOut: number;
}

/** To all workers that this thread starts from now on. What was announced before is replaced. */
export function announce(buffer: SharedArrayBuffer, selections: readonly ReaderSelection[], views: readonly ViewOptions[]): void {
  const portable = views.map(toPortableView).filter((view) => view !== undefined);
  const viewsLeftOut = views.length - portable.length;
  try {
    // Told to each new worker as such a copy: what cannot be copied would fail there, in the middle of the application.
    const told = structuredClone({ selections, views: portable, viewsLeftOut });
    setEnvironmentData(KEY, { buffer, threadId, ...told } satisfies Announcement as never);
  } catch (error) {
    diag.warn('otel-perf: workers cannot join this meter provider, since what its views or readers ask for is no plain data', error);
  }
}

/** Unless another arena has been announced since. */
export function withdraw(buffer: SharedArrayBuffer): void {
  if (announced()?.buffer === buffer) setEnvironmentData(KEY, undefined as never);
}

/** What the thread that started this one said, or this one itself since. */
export function announced(): Announcement | undefined {
  return getEnvironmentData(KEY) as unknown as Announcement | undefined;
}

export function viewsOf({ views }: Announcement): readonly ViewOptions[] {
  return views.map(({ attributesProcessors, ...view }) =>
    attributesProcessors === undefined ? view : { ...view, attributesProcessors: attributesProcessors.map(fromPortable) },
  );
}

function toPortableView({ attributesProcessors, ...view }: ViewOptions): PortableView | undefined {
  if (attributesProcessors === undefined) return view;
  const portable = attributesProcessors.map(toPortable).filter((processor) => processor !== undefined);
  return portable.length === attributesProcessors.length ? { ...view, attributesProcessors: portable } : undefined;
}
