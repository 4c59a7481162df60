export * from './dates';
export * from './format';
export * from './typed';
export * from './zones';
