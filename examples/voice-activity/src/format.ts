/** Samples a second: what the model was trained for, and all that is read here. */
export const SAMPLE_RATE = 16_000;
/** Samples that the model gives one probability for: 32 ms. */
export const CHUNK_SAMPLES = 512;
