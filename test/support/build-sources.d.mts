export function buildSources(root: string, place: string, rooms: readonly string[]): void;
