import { Temporal } from 'temporal-polyfill';

/** Whether a name is a time zone's in the IANA database; offsets such as `+03:00` are none: they know no summer. */
export const isTimeZone = (name: string): boolean => {
  if (/^[+-]/.test(name)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
};
