import { CHUNK_SAMPLES, SAMPLE_RATE } from './format.ts';

/** Speech starts with a chunk of at least this probability, and goes on. */
const SPEECH = 0.5;
/** It may end with one below this; between the two, it stays what it was. */
const SILENCE = 0.35;
const SECOND = SAMPLE_RATE;
/** A pause of less does not end speech. */
const LEAST_SILENCE = 0.1 * SECOND;
/** What is not longer is no speech. */
const LEAST_SPEECH = 0.25 * SECOND;
/** What is added on either side, as far as the recording goes. Pauses have room for that of both neighbours. */
const PADDING = 0.03 * SECOND;

export interface SpeechSegment {
  /** Seconds from the beginning of the recording. */
  readonly start: number;
  readonly end: number;
  /** Mean of the chunks from the first to the last, pauses included. */
  readonly probability: number;
}

/** In samples. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Where somebody speaks, in order, in a recording of so many samples with these probabilities for its chunks. The thresholds and the rules
 * are those of Silero VAD's `get_speech_timestamps` (snakers4/silero-vad, utils_vad.py) with its defaults and no longest segment.
 */
export function speechSegments(probabilities: ArrayLike<number>, samples: number): SpeechSegment[] {
  const spans = spansOf(probabilities, samples).filter(({ start, end }) => end - start > LEAST_SPEECH);
  return spans.map((span) => ({
    start: Math.max(0, span.start - PADDING) / SECOND,
    end: Math.min(samples, span.end + PADDING) / SECOND,
    probability: meanOf(probabilities, span),
  }));
}

function spansOf(probabilities: ArrayLike<number>, samples: number): Span[] {
  const spans: Span[] = [];
  let start: number | undefined;
  /** Of the pause, if speech is in one. */
  let end: number | undefined;
  for (let chunk = 0; chunk < probabilities.length; chunk++) {
    const probability = probabilities[chunk]!;
    const at = chunk * CHUNK_SAMPLES;
    if (probability >= SPEECH) {
      start ??= at;
      end = undefined;
    } else if (probability < SILENCE && start !== undefined) {
      end ??= at;
      if (at - end < LEAST_SILENCE) continue;
      spans.push({ start, end });
      start = end = undefined;
    }
  }
  if (start !== undefined) spans.push({ start, end: samples });
  return spans;
}

function meanOf(probabilities: ArrayLike<number>, { start, end }: Span): number {
  const first = start / CHUNK_SAMPLES;
  const past = Math.ceil(end / CHUNK_SAMPLES);
  let sum = 0;
  for (let chunk = first; chunk < past; chunk++) sum += probabilities[chunk]!;
  return sum / (past - first);
}
