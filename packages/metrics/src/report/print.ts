import { INSTRUMENT_MAPPING } from '../model/instrument-mapping.ts';
import { MetricType } from '../model/metric-type.ts';
import type { Metric } from '../model/metric.ts';
import type { MetricsReport, ReportedMetric } from './report.ts';
import { formatCount, formatValue } from './units.ts';

export interface PrintOptions {
  /** Columns that the text may take, such as the terminal's. Default 80; below 72 it counts as 72, above 500 as 500. */
  width?: number;
}

const TOP = 10;
const SHORTEST_NAME = 16;
const HEADINGS: Readonly<Record<MetricType, string>> = {
  [MetricType.TIME]: 'Times',
  [MetricType.THROUGHPUT]: 'Throughput',
  [MetricType.MEMORY]: 'Memory',
  [MetricType.COUNTER]: 'Counters',
  [MetricType.RATIO]: 'Ratios',
  [MetricType.PERCENTAGE]: 'Percentages',
  [MetricType.CUSTOM]: 'Other',
};

/** The report as text for a terminal: total, time range, the top ten of each type by average value, and the recent activity. */
export function formatReport(report: MetricsReport, options: PrintOptions = {}): string {
  // A terminal may be of any width, or say 0.
  const width = Math.min(500, Math.max(72, Math.floor(options.width || 80)));
  const rule = '─'.repeat(width);
  return [
    'Performance metrics',
    rule,
    ...summaryLines(report),
    ...Object.values(MetricType).flatMap((type) => section(type, report.statistics, width)),
    ...recentLines(report.recentMetrics, width),
    ...lossLines(report),
    '',
  ].join('\n');
}

function summaryLines({ summary, losses }: MetricsReport): string[] {
  const { totalMetrics, timeRange, activeMetrics } = summary;
  const lines = [`Total metrics collected: ${formatCount(totalMetrics)}`, `Active metrics: ${formatCount(activeMetrics)}`];
  if (losses.evicted > 0) lines.splice(1, 0, `Have left the history: ${formatCount(losses.evicted)}`);
  if (timeRange !== undefined) {
    lines.push(
      `Time range: ${clockTime(timeRange.start)} to ${clockTime(timeRange.end)} UTC (${formatValue(timeRange.durationSeconds, 's')})`,
    );
  }
  return lines;
}

function section(type: MetricType, statistics: readonly ReportedMetric[], width: number): string[] {
  const ofType = statistics.filter((metric) => metric.type === type && metric.stats.count > 0);
  if (ofType.length === 0) return [];
  const shown = ofType.sort((a, b) => (b.stats.average ?? 0) - (a.stats.average ?? 0)).slice(0, TOP);
  const title = `${HEADINGS[type]}${ofType.length > TOP ? ` (top ${TOP} of ${ofType.length} by average)` : ', by average'}`;
  const columns = type === MetricType.COUNTER ? counterColumns : valueColumns;
  const rows = [columns.map(([heading]) => heading), ...shown.map((metric) => columns.map(([, cell]) => cell(metric)))];
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const left = () => width - widths.reduce((sum, each) => sum + each + 2, 0);
  // The last columns give way to the names.
  while (left() < SHORTEST_NAME && widths.length > 2) widths.pop();
  const nameWidth = left();
  const lines = rows.map((row, i) => {
    const name = i === 0 ? '' : (shown[i - 1]!.exact ? '' : '~') + shown[i - 1]!.name;
    return fill(shorten(name, nameWidth), nameWidth) + widths.map((each, j) => `  ${row[j]!.padStart(each)}`).join('');
  });
  return ['', title, ...lines];
}

type Column = readonly [heading: string, cell: (metric: ReportedMetric) => string];

const count: Column = ['count', ({ stats }) => formatCount(stats.count)];
const average: Column = ['average', ({ stats, unit }) => formatValue(stats.average, unit)];
const percentile = (p: number): Column => [`p${p}`, ({ stats, unit }) => formatValue(stats.percentiles[`p${p}`], unit)];

const valueColumns: readonly Column[] = [
  count,
  average,
  percentile(50),
  percentile(95),
  percentile(99),
  ['max', ({ stats, unit }) => formatValue(stats.max, unit)],
];
const counterColumns: readonly Column[] = [count, ['total', ({ stats, unit }) => formatValue(stats.total, unit)], average];

function recentLines(recent: readonly Metric[], width: number): string[] {
  if (recent.length === 0) return [];
  const lines = recent.map(({ timestamp, name, value, type, unit, source }) => {
    const text = `  ${clockTime(new Date(timestamp * 1e3).toISOString())}  ${formatValue(value, unit ?? INSTRUMENT_MAPPING[type].unit).padStart(11)}  ${name}`;
    return shorten(`${text}  (${source})`, width);
  });
  return ['', 'Recent activity', ...lines];
}

function lossLines({ losses }: MetricsReport): string[] {
  const entries = [
    ...Object.entries(losses.dropped).map(([reason, n]) => `${formatCount(n)} dropped (${reason.replaceAll('_', ' ')})`),
    ...Object.entries(losses.skipped).map(([reason, n]) => `${formatCount(n)} left out (${reason})`),
    ...(losses.overflowed > 0 ? [`${formatCount(losses.overflowed)} in overflow series`] : []),
  ];
  return entries.length === 0 ? [] : ['', 'Losses', ...entries.map((entry) => `  ${entry}`)];
}

/** The end of a name says more than its middle. */
function shorten(text: string, width: number): string {
  const characters = [...printable(text)];
  if (columnsOf(characters) <= width) return characters.join('');
  const tail = Math.floor((width - 1) / 2);
  const head = width - 1 - tail;
  let from = 0;
  for (let used = columnsOf([characters[0]!]); used <= head; used += columnsOf([characters[from]!])) from++;
  let to = characters.length;
  for (let used = columnsOf([characters[to - 1]!]); used <= tail; used += columnsOf([characters[to - 1]!])) to--;
  return `${characters.slice(0, from).join('')}…${characters.slice(to).join('')}`;
}

function fill(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columnsOf([...text])));
}

/** Characters that take two columns of a terminal: emoji, and the wide ones of East Asia. */
const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;

function columnsOf(characters: readonly string[]): number {
  return characters.reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0);
}

/** Names come from anywhere: what moves a terminal's cursor, breaks a line or is no character is not printed. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '�');
}

function clockTime(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}
