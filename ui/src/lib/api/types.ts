/**
 * What crosses the line between the screen and the program: generated from the Rust types, so that
 * neither side can drift. Instants are UTC milliseconds, wall times `YYYY-MM-DDTHH:MM:SS`.
 */
export type * from './generated';

/** Any identifier. */
export type Id = string;
