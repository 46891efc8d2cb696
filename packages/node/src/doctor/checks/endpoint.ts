import { messageOf } from '../../problems.ts';
import { askEndpoint } from '../ask-endpoint.ts';
import { noteCollection, type ExaminedReader } from '../examined-reader.ts';
import { fine, problem, type Finding } from '../finding.ts';
import type { Patient } from '../patient.ts';

/** Whether the endpoints answer that Prometheus scrapes. */
export async function endpoint({ readers }: Patient): Promise<Finding[]> {
  return (await Promise.all(readers.filter(({ status }) => status.attached).map(answer))).flat();
}

async function answer({ reader, url, token }: ExaminedReader): Promise<Finding[]> {
  if (url === undefined) return [];
  const remedy = 'Set OTEL_LOG_LEVEL=error to see why.';
  try {
    const status = await askEndpoint(url, token);
    if (status !== 200) return [problem('endpoint-fails', `${url} answers ${status}.`, remedy)];
    noteCollection(reader);
    return [fine('endpoint-works', `The endpoint for Prometheus answers at ${url}.`)];
  } catch (error) {
    return [problem('endpoint-fails', `${url} does not answer: ${messageOf(error)}.`, remedy)];
  }
}
