/**
 * A name as one part of an address of the app. Encoded twice, since the router decodes an address once and a name may hold
 * slashes; without dots, since the server takes an address that ends like a file for one.
 */
export const inPath = (name: string): string => encodeURIComponent(encodeURIComponent(name).replaceAll('.', '%2E'));

/** What `inPath` was given, from what the router hands over. */
export const fromPath = (part: string): string => decodeURIComponent(part);
