export type { Figures, Picture, SeriesKind, SeriesPicture } from './model/picture.ts';
