const NAME = String.raw`localhost|127(?:\.\d{1,3}){3}`;
const HOST = new RegExp(`^(?:${NAME}|::1)$`, 'i');
const HOST_HEADER = new RegExp(String.raw`^(?:${NAME}|\[::1\])(?::\d{1,5})?$`, 'i');

/** Whether only this machine reaches what listens on `host`. */
export function isLoopback(host: string): boolean {
  return HOST.test(host);
}

/**
 * Whether the header `Host` of a request names this machine by itself. By any other name a browser may have come here that a page of
 * somebody else's has sent, who lets that name mean this machine (DNS rebinding) in order to read what is served.
 */
export function isForLoopback(host: string | undefined): boolean {
  return host !== undefined && HOST_HEADER.test(host);
}
