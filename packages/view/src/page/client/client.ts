import { LIVE_ID, PICTURE_ID, type LiveData } from '../shared/data-ids.ts';
import type { PageSeries } from '../shared/document.ts';
import { decodeDocument } from '../shared/wire.ts';
import { App } from './app.ts';
import type { TimeSeries } from './model/time-series.ts';
import { LiveHistory } from './live/history.ts';
import { Poller } from './live/poller.ts';

const TITLE = 'Performance metrics';

/** The events of a series, where its source has them. */
function eventsOf({ points, unit }: PageSeries): TimeSeries | undefined {
  if (points === undefined) return undefined;
  const { of, times, values } = points;
  const note = of > times.length ? `${times.length} of ${of} events, the extremes among them` : `all ${of} events`;
  return { times, lines: [{ label: 'value', values }], unit, note };
}

function dataOf(id: string): string | undefined {
  return document.getElementById(id)?.textContent ?? undefined;
}

function showPicture(json: string): void {
  new App({ title: TITLE, timeSeriesOf: eventsOf }).show(decodeDocument(json));
}

function showLive({ title, dataPath }: LiveData): void {
  const history = new LiveHistory();
  const app = new App({ title, timeSeriesOf: (series) => eventsOf(series) ?? history.of(series) });
  let lostAt: Date | undefined;
  const poller = new Poller(dataPath, {
    onDocument: (document) => {
      lostAt = undefined;
      history.add(document, Date.now() / 1e3);
      app.tellConnection('');
      app.show(document);
    },
    onLost: (reason) => {
      lostAt ??= new Date();
      app.tellConnection(`Connection lost at ${lostAt.toLocaleTimeString()}: ${reason}. Trying again.`);
    },
  });
  app.tellConnection('Waiting for the first reading.');
  poller.start();
}

const picture = dataOf(PICTURE_ID);
const live = dataOf(LIVE_ID);
if (picture !== undefined) showPicture(picture);
else if (live !== undefined) showLive(JSON.parse(live) as LiveData);
