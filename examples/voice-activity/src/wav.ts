import { SAMPLE_RATE } from './format.ts';

const PCM = 1;
const BITS = 16;
const SAMPLE_BYTES = BITS / 8;
/** Four letters, and the length of what follows. */
const CHUNK_HEADER = 8;
/** 'RIFF', the length of the rest, 'WAVE'. */
const FILE_HEADER = 12;
const LEAST_FORMAT = 16;

/**
 * The samples of a WAV file of 16 bit PCM, mono, 16 kHz: from -1 to 1, 1 excluded. Chunks other than the format and the data are skipped.
 * @throws RangeError that says what is wrong with the file, or what it has in place of that.
 */
export function readWav(file: Uint8Array): Float32Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.byteLength < FILE_HEADER || letters(view, 0) !== 'RIFF' || letters(view, 8) !== 'WAVE')
    throw new RangeError('is no WAV file: it does not start with a RIFF header of type WAVE');
  let hasFormat = false;
  for (const { name, body } of chunks(view)) {
    if (name === 'fmt ') {
      checkFormat(body);
      hasFormat = true;
    } else if (name === 'data') {
      if (!hasFormat) throw new RangeError('is a broken WAV file: its data come before their format');
      return samplesOf(body);
    }
  }
  throw new RangeError(`is a broken WAV file: it has no ${hasFormat ? 'data' : 'format'}`);
}

function* chunks(view: DataView): Generator<{ readonly name: string; readonly body: DataView }> {
  let offset = FILE_HEADER;
  while (offset + CHUNK_HEADER <= view.byteLength) {
    const name = letters(view, offset);
    const bytes = view.getUint32(offset + 4, true);
    const left = view.byteLength - offset - CHUNK_HEADER;
    if (bytes > left) throw new RangeError(`is cut off: its chunk ${JSON.stringify(name)} has ${left} of ${bytes} bytes`);
    yield { name, body: new DataView(view.buffer, view.byteOffset + offset + CHUNK_HEADER, bytes) };
    // Chunks start at even offsets.
    offset += CHUNK_HEADER + bytes + (bytes % 2);
  }
}

function checkFormat(format: DataView): void {
  if (format.byteLength < LEAST_FORMAT) throw new RangeError(`is a broken WAV file: its format has ${format.byteLength} bytes`);
  const coding = format.getUint16(0, true);
  const channels = format.getUint16(2, true);
  const rate = format.getUint32(4, true);
  const frameBytes = format.getUint16(12, true);
  const bits = format.getUint16(14, true);
  if (coding !== PCM) throw new RangeError(`must be PCM (format ${PCM}), not format ${coding}`);
  if (channels !== 1) throw new RangeError(`must be mono, not of ${channels} channels`);
  if (bits !== BITS) throw new RangeError(`must have ${BITS} bits a sample, not ${bits}`);
  if (rate !== SAMPLE_RATE) throw new RangeError(`must have ${SAMPLE_RATE} samples a second, not ${rate}`);
  if (frameBytes !== SAMPLE_BYTES) throw new RangeError(`is a broken WAV file: ${BITS} bits mono are not ${frameBytes} bytes a sample`);
}

function samplesOf(data: DataView): Float32Array {
  if (data.byteLength === 0) throw new RangeError('has no samples');
  if (data.byteLength % SAMPLE_BYTES !== 0) throw new RangeError(`is a broken WAV file: its data end within a sample`);
  const samples = new Float32Array(data.byteLength / SAMPLE_BYTES);
  for (let i = 0; i < samples.length; i++) samples[i] = data.getInt16(i * SAMPLE_BYTES, true) / 2 ** (BITS - 1);
  return samples;
}

function letters(view: DataView, offset: number): string {
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + offset, 4));
}
