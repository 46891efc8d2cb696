import { plainName, tagOf } from '../../../top/label.ts';
import type { PageSeries } from '../../shared/document.ts';
import { groupsOf, partsOf } from './groups.ts';

/** What docs/metric-names.md has of a pipeline, as far as it was read. */
export interface Pipeline {
  readonly name: string;
  /** In the order in which they first come, which is that of the pipeline where it is ours. */
  readonly stages: readonly Stage[];
  readonly time?: PageSeries;
  readonly items?: PageSeries;
  readonly cancelled?: PageSeries;
  readonly throughput?: PageSeries;
}

export interface Stage {
  readonly name: string;
  /** Of calls that did not fail. */
  readonly time?: PageSeries;
  readonly wait?: PageSeries;
  readonly depth?: PageSeries;
  readonly batchSize?: PageSeries;
  readonly workers?: PageSeries;
  /** One for each type of error. */
  readonly failed: readonly PageSeries[];
}

type PipelinePart = Exclude<keyof Pipeline, 'name' | 'stages'>;
type StagePart = Exclude<keyof Stage, 'name' | 'failed'>;

const PIPELINE_PARTS: ReadonlyMap<string, PipelinePart> = new Map([
  ['cpu_pipeline_time', 'time'],
  ['cpu_pipeline_items', 'items'],
  ['cpu_pipeline_cancelled_items', 'cancelled'],
  ['cpu_pipeline_throughput', 'throughput'],
]);
const STAGE_PARTS: ReadonlyMap<string, StagePart> = new Map([
  ['cpu_pipeline_queue_depth', 'depth'],
  ['cpu_pipeline_stage_time', 'time'],
  ['cpu_pipeline_wait_time', 'wait'],
  ['cpu_pipeline_batch_size', 'batchSize'],
  ['cpu_pipeline_workers', 'workers'],
]);

export function pipelinesOf(series: readonly PageSeries[]): Pipeline[] {
  const ofPipelines = series.filter(({ name }) => name.startsWith('cpu_pipeline_'));
  return groupsOf(ofPipelines, ['pipeline.name'], ['stage', 'error.type']).map(({ names: [name = ''], series: own }) => ({
    name,
    ...partsOf(own, PIPELINE_PARTS),
    stages: stagesOf(own),
  }));
}

/** Queues are read in the order of the pipeline; a stage that has none comes after those. */
function stagesOf(series: readonly PageSeries[]): Stage[] {
  const isDepth = ({ name }: PageSeries): boolean => plainName(name) === 'cpu_pipeline_queue_depth';
  const inOrder = [...series.filter(isDepth), ...series.filter((each) => !isDepth(each))];
  const byStage = Map.groupBy(inOrder, (each) => tagOf(each, 'stage'));
  return Array.from(byStage, ([name, own]) => {
    if (name === undefined) return [];
    return [{ name, ...partsOf(own, STAGE_PARTS), failed: own.filter((each) => plainName(each.name) === 'cpu_pipeline_failed_items') }];
  }).flat();
}
