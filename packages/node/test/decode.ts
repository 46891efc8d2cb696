/** The sums of an OTLP ExportMetricsServiceRequest in protobuf: the counters' names and their values, added up. */
export function countersIn(request: Uint8Array): Record<string, number> {
  const values: Record<string, number> = {};
  for (const metric of nested(request, RESOURCE_METRICS, SCOPE_METRICS, METRICS)) {
    const name = new TextDecoder().decode(nested(metric, NAME)[0]);
    for (const point of nested(metric, SUM, DATA_POINTS)) values[name] = (values[name] ?? 0) + numberIn(point);
  }
  return values;
}

const [RESOURCE_METRICS, SCOPE_METRICS, METRICS, NAME, SUM, DATA_POINTS] = [1, 2, 2, 1, 7, 1];
const [AS_DOUBLE, AS_INT] = [4, 6];

interface Field {
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** The bytes of all fields on the path of field numbers. */
function nested(message: Uint8Array, ...path: number[]): Uint8Array[] {
  return path.reduce(
    (messages, wanted) => messages.flatMap((each) => fields(each).filter(({ number }) => number === wanted)).map(({ bytes }) => bytes),
    [message],
  );
}

function numberIn(point: Uint8Array): number {
  for (const { number, bytes } of fields(point)) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (number === AS_DOUBLE) return view.getFloat64(0, true);
    if (number === AS_INT) return Number(view.getBigInt64(0, true));
  }
  return NaN;
}

/** Of a message, whatever it is a message of. */
function fields(message: Uint8Array): Field[] {
  const found: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const start = at;
    const kind = tag % 8;
    if (kind === 0) varint();
    const length = kind === 2 ? varint() : kind === 1 ? 8 : kind === 5 ? 4 : 0;
    const from = kind === 2 ? at : start;
    at += length;
    found.push({ number: Math.floor(tag / 8), bytes: message.subarray(from, at) });
  }
  return found;
}
