/** How often each route was answered with each status, as `/items/:id 200`; without a route ` 200`. Readers of formats, independent of ours. */
export type HttpCounts = Readonly<Record<string, number>>;

type Tags = Readonly<Record<string, unknown>>;

function countsOf(points: Iterable<readonly [tags: Tags, count: unknown]>, route: string, status: string): HttpCounts {
  const counts: Record<string, number> = {};
  for (const [tags, count] of points) {
    const key = `${String(tags[route] ?? '')} ${String(tags[status])}`;
    if (key in counts) throw new Error(`${key} is there twice`);
    counts[key] = Number(count);
  }
  return counts;
}

const inMetrics = (points: Iterable<readonly [Tags, unknown]>) => countsOf(points, 'http.route', 'http.response.status_code');

/** Of a snapshot, or the JSON export. */
export function fromJson(text: string): HttpCounts {
  const points = JSON.parse(text) as { name: string; tags: Tags; distribution?: { count: number } }[];
  return inMetrics(
    points.filter(({ name }) => name === 'http.server.request.duration').map(({ tags, distribution }) => [tags, distribution?.count]),
  );
}

export function fromCsv(text: string): HttpCounts {
  const [header, ...rows] = parseCsv(text);
  const column = (name: string) => header!.indexOf(name);
  return inMetrics(
    rows
      .filter((row) => row[column('name')] === 'http.server.request.duration')
      .map((row) => [JSON.parse(row[column('tags')]!) as Tags, row[column('count')]]),
  );
}

export function fromPrometheus(text: string): HttpCounts {
  const lines = text.matchAll(/^http_server_request_duration_seconds_count\{(.*)\} (\d+)$/gm);
  const points = Array.from(lines, ([, labels, count]) => {
    const pairs = labels!.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
    return [Object.fromEntries(Array.from(pairs, ([, label, value]) => [label, value])) as Tags, count] as const;
  });
  return countsOf(points, 'http_route', 'http_response_status_code');
}

/** RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end === '\r\n') rows.push([]);
    if (end === '') break;
  }
  // Behind the last line.
  rows.pop();
  return rows;
}
