/** C's strftime in the C locale, for os.date. */

/** A point in time split into calendar fields. */
export interface DateParts {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 1 to 366. */
  readonly yearday: number;
  readonly daylight: boolean;
  /** Minutes east of UTC. */
  readonly offset: number;
  /** Name of the time zone, such as `GMT`. */
  readonly zone: string;
  /** Seconds since 1970. */
  readonly time: number;
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const DAY_MS = 86400000;

/** Fields of `time` (seconds since 1970) in UTC or local time; undefined when no calendar has it. */
export function splitTime(time: number, utc: boolean): DateParts | undefined {
  const date = new Date(Math.trunc(time) * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  const offset = utc ? 0 : -date.getTimezoneOffset();
  const shown = new Date(date.getTime() + offset * 60000);
  const year = shown.getUTCFullYear();
  const newYear = new Date(0);
  newYear.setUTCFullYear(year, 0, 1);
  return {
    year,
    month: shown.getUTCMonth() + 1,
    day: shown.getUTCDate(),
    hour: shown.getUTCHours(),
    minute: shown.getUTCMinutes(),
    second: shown.getUTCSeconds(),
    weekday: shown.getUTCDay(),
    yearday: Math.floor((shown.getTime() - newYear.getTime()) / DAY_MS) + 1,
    daylight: !utc && isDaylight(date),
    offset,
    zone: utc ? 'GMT' : zoneName(date),
    time: Math.trunc(time),
  };
}

function isDaylight(date: Date): boolean {
  const january = new Date(date.getFullYear(), 0, 1).getTimezoneOffset();
  const july = new Date(date.getFullYear(), 6, 1).getTimezoneOffset();
  return january !== july && date.getTimezoneOffset() === Math.min(january, july);
}

function zoneName(date: Date): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(date);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
}

function pad(n: number, width: number, fill = '0'): string {
  return `${n}`.padStart(width, fill);
}

/** Week of the year when weeks begin on `first` (0 is Sunday); days before the first such day are week 0. */
function weekOfYear(d: DateParts, first: number): number {
  return Math.floor((d.yearday + 6 - ((d.weekday - first + 7) % 7)) / 7);
}

/** Year and week of ISO 8601. */
function isoWeek(d: DateParts): [year: number, week: number] {
  const thursday = d.yearday + 4 - (d.weekday === 0 ? 7 : d.weekday);
  if (thursday < 1) return [d.year - 1, Math.ceil((thursday + daysIn(d.year - 1)) / 7)];
  if (thursday > daysIn(d.year)) return [d.year + 1, Math.ceil((thursday - daysIn(d.year)) / 7)];
  return [d.year, Math.ceil(thursday / 7)];
}

function daysIn(year: number): number {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 366 : 365;
}

function zoneOffset(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60), 2)}${pad(size % 60, 2)}`;
}

const hour12 = (d: DateParts): number => ((d.hour + 11) % 12) + 1;

const CONVERSIONS: ReadonlyMap<string, (d: DateParts) => string> = new Map<string, (d: DateParts) => string>([
  ['a', (d) => DAYS[d.weekday]!.slice(0, 3)],
  ['A', (d) => DAYS[d.weekday]!],
  ['b', (d) => MONTHS[d.month - 1]!.slice(0, 3)],
  ['B', (d) => MONTHS[d.month - 1]!],
  ['c', (d) => formatTime('%a %b %e %H:%M:%S %Y', d)],
  ['C', (d) => pad(Math.floor(d.year / 100), 2)],
  ['d', (d) => pad(d.day, 2)],
  ['D', (d) => formatTime('%m/%d/%y', d)],
  ['e', (d) => pad(d.day, 2, ' ')],
  ['F', (d) => formatTime('%Y-%m-%d', d)],
  ['g', (d) => pad(isoWeek(d)[0] % 100, 2)],
  ['G', (d) => `${isoWeek(d)[0]}`],
  ['h', (d) => MONTHS[d.month - 1]!.slice(0, 3)],
  ['H', (d) => pad(d.hour, 2)],
  ['I', (d) => pad(hour12(d), 2)],
  ['j', (d) => pad(d.yearday, 3)],
  ['k', (d) => pad(d.hour, 2, ' ')],
  ['l', (d) => pad(hour12(d), 2, ' ')],
  ['m', (d) => pad(d.month, 2)],
  ['M', (d) => pad(d.minute, 2)],
  ['n', () => '\n'],
  ['p', (d) => (d.hour < 12 ? 'AM' : 'PM')],
  ['P', (d) => (d.hour < 12 ? 'am' : 'pm')],
  ['r', (d) => formatTime('%I:%M:%S %p', d)],
  ['R', (d) => formatTime('%H:%M', d)],
  ['s', (d) => `${d.time}`],
  ['S', (d) => pad(d.second, 2)],
  ['t', () => '\t'],
  ['T', (d) => formatTime('%H:%M:%S', d)],
  ['u', (d) => `${d.weekday === 0 ? 7 : d.weekday}`],
  ['U', (d) => pad(weekOfYear(d, 0), 2)],
  ['V', (d) => pad(isoWeek(d)[1], 2)],
  ['w', (d) => `${d.weekday}`],
  ['W', (d) => pad(weekOfYear(d, 1), 2)],
  ['x', (d) => formatTime('%m/%d/%y', d)],
  ['X', (d) => formatTime('%H:%M:%S', d)],
  ['y', (d) => pad(((d.year % 100) + 100) % 100, 2)],
  ['Y', (d) => `${d.year}`],
  ['z', (d) => zoneOffset(d.offset)],
  ['Z', (d) => d.zone],
  ['%', () => '%'],
]);

/** Formats by C's rules; an unknown conversion is copied. The modifiers E and O are without effect in the C locale. */
export function formatTime(format: string, parts: DateParts): string {
  return format.replace(/%([EO]?)(.)/gs, (whole, _modifier: string, letter: string) => {
    const conversion = CONVERSIONS.get(letter);
    return conversion === undefined ? whole : conversion(parts);
  });
}
