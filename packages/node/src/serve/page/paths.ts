/** What the endpoint has where it serves the page. */
export const PAGE_PATH = '/';
export const PICTURE_PATH = '/picture.json';
export const ICON_PATH = '/favicon.ico';
