/** 1 = Monday … 7 = Sunday, as the program counts. */
export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];

/** Reads a time of day as people type it: `9`, `9:30`, `0930`, `2:30 pm`. `HH:MM:SS`, or null. */
export function readTime(text: string): string | null {
  const found = /^\s*(\d{1,2})(?:[:.h]?(\d{2}))?\s*(am|pm)?\s*$/i.exec(text);
  if (!found) return null;
  const [, hours = '', minutes = '00', half] = found;
  let hour = Number(hours);
  if (half) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  }
  if (hour > 23 || Number(minutes) > 59) return null;
  return `${String(hour).padStart(2, '0')}:${minutes}:00`;
}
