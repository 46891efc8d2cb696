import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface DocumentedMetric {
  readonly source: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly inPrometheus: string;
}

/** The tables of docs/metric-names.md. */
export function documentedMetrics(): DocumentedMetric[] {
  const text = readFileSync(join(import.meta.dirname, '../../docs/metric-names.md'), 'utf8');
  return text.split(/^## /m).slice(1).flatMap(metricsOf);
}

function metricsOf(section: string): DocumentedMetric[] {
  const [introduction = '', ...rows] = section.split(/^\| /m);
  const [source = '', ...common] = codes(introduction);
  return rows
    .filter((row) => row.startsWith('`'))
    .map((row) => {
      const [name = '', , tags = '', inPrometheus = ''] = row.split('|');
      return { source, name: codes(name)[0]!, tags: [...common, ...codes(tags)], inPrometheus: codes(inPrometheus)[0]! };
    });
}

function codes(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
}
