/** What one thread writes the values of one series to. One writer per cell; any number of readers, in any thread, at any time. */
export interface RecordingCell {
  /** `value` is no NaN. */
  record(value: number): void;
  /**
   * The same with fewer steps, for whoever keeps a cell in hand: takes nearly all numbers that are neither negative nor infinite, and no
   * others. `false` where it has not recorded anything, NaN among them, and always after `retire`.
   */
  tryRecord(value: number): boolean;
  /** Its place is another's from now on: whoever has it in hand, has to look for the one to use. */
  retire(): void;
}

/** Takes nothing by `tryRecord`; of what comes by `record`, `tell` hears. */
export function deadCell(tell: () => void = () => {}): RecordingCell {
  return { record: tell, tryRecord: () => false, retire: () => {} };
}
