import { formatValue } from '@otel-perf/metrics';
import { NONE, countText, growthText } from '../figures.ts';
import type { Track } from '../history.ts';
import { otherTags, plainName, tagOf } from '../label.ts';
import { section, type Section } from '../section.ts';
import type { Column, Name } from '../table.ts';
import { sparkline } from '../trend.ts';

/** What docs/metric-names.md says of a pipeline as a whole, or of one of its stages. */
interface Part {
  readonly name: string;
  readonly isStage: boolean;
  /** Of calls that did not fail. */
  time?: Track;
  wait?: Track;
  depth?: Track;
  batch?: Track;
  workers?: Track;
  /** What its rate is told by: items of a pipeline, timed calls of a stage, failed ones included. */
  readonly work: Track[];
  /** One for each stage and type of error. */
  readonly failed: Track[];
}

interface Pipeline {
  readonly whole: Part;
  readonly stages: Map<string, Part>;
  isWanted: boolean;
}

const FIGURES = new Map<string, 'wait' | 'depth' | 'batch' | 'workers'>([
  ['cpu_pipeline_wait_time', 'wait'],
  ['cpu_pipeline_queue_depth', 'depth'],
  ['cpu_pipeline_batch_size', 'batch'],
  ['cpu_pipeline_workers', 'workers'],
]);
const OWN_TAGS = ['pipeline.name', 'stage', 'error.type'];

/** The pipelines of which at least one series passes, each with all of its stages, in the order in which those came. */
export function pipelines(tracks: Iterable<Track>, passes: (track: Track) => boolean): readonly Section[] {
  const byKey = new Map<string, Pipeline>();
  for (const track of tracks) {
    const name = tagOf(track.series, 'pipeline.name');
    if (name === undefined) continue;
    const key = JSON.stringify([name, otherTags(track.series, OWN_TAGS)]);
    let pipeline = byKey.get(key);
    if (pipeline === undefined) byKey.set(key, (pipeline = { whole: newPart(name, false), stages: new Map(), isWanted: false }));
    if (take(pipeline, track)) pipeline.isWanted ||= passes(track);
  }
  const wanted = [...byKey.values()].filter(({ isWanted }) => isWanted);
  const rows = wanted.flatMap(({ whole, stages }) => [whole, ...stages.values()]);
  const name = (part: Part): Name => ({ mark: part.isStage ? '  ' : '', ways: [part.name] });
  return section({ title: `Pipelines (${wanted.length})`, name, columns, elastic }, rows);
}

/** Whether the series is one of those that are shown. */
function take({ whole, stages }: Pipeline, track: Track): boolean {
  const name = plainName(track.series.name);
  const stageName = tagOf(track.series, 'stage');
  const hasFailed = tagOf(track.series, 'error.type') !== undefined;
  if (stageName === undefined) {
    if (name === 'cpu_pipeline_items') whole.work.push(track);
    else if (name === 'cpu_pipeline_time' && !hasFailed) whole.time = track;
    else return false;
    return true;
  }
  const figure = FIGURES.get(name);
  const isOfStage = figure !== undefined || name === 'cpu_pipeline_stage_time' || name === 'cpu_pipeline_failed_items';
  if (!isOfStage) return false;
  let stage = stages.get(stageName);
  if (stage === undefined) stages.set(stageName, (stage = newPart(stageName, true)));
  if (figure !== undefined) stage[figure] = track;
  else if (name === 'cpu_pipeline_failed_items') {
    stage.failed.push(track);
    whole.failed.push(track);
  } else {
    stage.work.push(track);
    if (!hasFailed) stage.time = track;
  }
  return true;
}

function newPart(name: string, isStage: boolean): Part {
  return { name, isStage, work: [], failed: [] };
}

const columns: readonly Column<Part>[] = [
  { heading: 'queue', least: 5, rank: 10, cell: ({ depth }) => valueText(depth) },
  { heading: 'wait p50', least: 8, rank: 4, cell: ({ wait }) => timeText(wait, 'p50') },
  { heading: 'wait p95', least: 8, rank: 8, cell: ({ wait }) => timeText(wait, 'p95') },
  { heading: 'time p50', least: 8, rank: 3, cell: ({ time }) => timeText(time, 'p50') },
  { heading: 'time p95', least: 8, rank: 7, cell: ({ time }) => timeText(time, 'p95') },
  { heading: 'batch', least: 5, rank: 5, cell: ({ batch }) => valueText(batch) },
  { heading: 'workers', least: 5, rank: 2, cell: ({ workers }) => valueText(workers) },
  { heading: 'rate', least: 13, rank: 9, cell: rateText },
  { heading: 'failed', least: 6, rank: 6, cell: failedText },
];

const elastic = {
  heading: 'queue lately',
  least: 12,
  most: 40,
  rank: 1,
  cell: ({ depth }: Part, width: number): string => sparkline(depth?.trend.map(({ value }) => value) ?? [], width),
};

function valueText(track: Track | undefined): string {
  return track === undefined ? NONE : formatValue(track.flow.value, track.series.unit);
}

function timeText(track: Track | undefined, key: 'p50' | 'p95'): string {
  return track === undefined ? NONE : formatValue(track.flow[key], track.series.unit);
}

/** Of a pipeline items, of a stage the calls that were timed: all or, of many, a sample. */
function rateText({ work, isStage }: Part): string {
  const known = work.flatMap(({ flow }) => flow.rate ?? []);
  if (known.length === 0) return NONE;
  return `${formatValue(
    known.reduce((sum, rate) => sum + rate),
    '',
  )} ${isStage ? 'calls' : 'items'}/s`;
}

/** Where all went well there is no such series. */
function failedText({ failed }: Part): string {
  const rate = failed.reduce((sum, { flow }) => sum + (flow.rate ?? 0), 0);
  const total = countText(failed.reduce((sum, { flow }) => sum + (flow.value ?? 0), 0));
  return rate > 0 ? `${total} +${growthText(rate, '')}` : total;
}
