export interface WavParts {
  readonly coding?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly bits?: number;
  /** Bytes of a sample of all channels. */
  readonly frameBytes?: number;
  readonly data?: Uint8Array;
  /** Before the data, in place of the format alone. */
  readonly before?: readonly Uint8Array[];
}

/** A WAV file, right where nothing else is said. */
export function wavFile(parts: WavParts = {}): Uint8Array {
  const { data = new Uint8Array(2), before = [formatChunk(parts)] } = parts;
  const body = Buffer.concat([Buffer.from('WAVE'), ...before, chunk('data', data)]);
  return Buffer.concat([header('RIFF', body.length), body]);
}

export function formatChunk({
  coding = 1,
  channels = 1,
  rate = 16_000,
  bits = 16,
  frameBytes = (channels * bits) / 8,
}: WavParts = {}): Uint8Array {
  const format = Buffer.alloc(16);
  format.writeUInt16LE(coding, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt32LE(rate * frameBytes, 8);
  format.writeUInt16LE(frameBytes, 12);
  format.writeUInt16LE(bits, 14);
  return chunk('fmt ', format);
}

export function chunk(name: string, body: Uint8Array): Uint8Array {
  return Buffer.concat([header(name, body.length), body, new Uint8Array(body.length % 2)]);
}

/** 16 bit PCM of samples from -32,768 to 32,767. */
export function pcm(samples: readonly number[]): Uint8Array {
  const data = Buffer.alloc(2 * samples.length);
  for (const [i, sample] of samples.entries()) data.writeInt16LE(sample, 2 * i);
  return data;
}

function header(name: string, bytes: number): Uint8Array {
  const start = Buffer.alloc(8);
  start.write(name, 'latin1');
  start.writeUInt32LE(bytes, 4);
  return start;
}
