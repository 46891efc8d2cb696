import type * as View from '@otel-perf/view';

/** Where pictures have their metrics from. */
export interface PictureSource {
  /** The text of a scrape, as of now. */
  text(): AsyncIterable<Uint8Array>;
  /** Where the metrics are, for people. */
  from(): string;
}

/** Pictures of the metrics as they are, read from the text that a scrape gets. Who asks while one is being made gets that one. */
export class Pictures {
  readonly #view: typeof View;
  readonly #source: PictureSource;
  #making: Promise<string> | undefined;

  constructor(view: typeof View, source: PictureSource) {
    this.#view = view;
    this.#source = source;
  }

  /** As the page takes it. Rejects where the text cannot be had. */
  json(): Promise<string> {
    this.#making ??= this.#make().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  async #make(): Promise<string> {
    const { pictureJson, pictureOfText } = this.#view;
    // The page takes no picture that is not newer than the last, and the clock of the machine may be set back.
    const takenAt = (performance.timeOrigin + performance.now()) / 1e3;
    return pictureJson(await pictureOfText(this.#source.text(), { from: this.#source.from(), takenAt }));
  }
}
