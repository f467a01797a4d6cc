/** A `cron(…)` expression of EventBridge. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  readonly years: readonly number[];
  /** Whether it runs on a day; `weekday` is 1 for Sunday to 7 for Saturday. */
  readonly runsOn: (day: CalendarDay) => boolean;
}

interface CalendarDay {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

/** The expression is not valid. The message names the field. */
export class CronError extends Error {
  override readonly name = "CronError";
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/**
 * Reads the six fields between the parentheses.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function parseCron(fields: string): Cron {
  const [minute, hour, dayOfMonth, month, dayOfWeek, year, ...others] = fields.trim().split(/\s+/);
  if (minute === undefined || hour === undefined || dayOfMonth === undefined || month === undefined)
    throw new CronError(`cron(${fields}) has fewer than six fields`);
  if (dayOfWeek === undefined || year === undefined || others.length > 0)
    throw new CronError(`cron(${fields}) must have six fields`);
  if ((dayOfMonth === "?") === (dayOfWeek === "?"))
    throw new CronError(`cron(${fields}): one of day-of-month and day-of-week must be ?, and not both`);
  return {
    minutes: numbers(minute, "minutes", 0, 59),
    hours: numbers(hour, "hours", 0, 23),
    months: numbers(named(month, MONTHS), "month", 1, 12),
    years: numbers(year, "year", 1970, 2199),
    runsOn: dayOfWeek === "?" ? onDaysOfMonth(dayOfMonth) : onDaysOfWeek(named(dayOfWeek, DAYS)),
  };
}

/** The first time after `after`, in milliseconds since the epoch; undefined when there is none. */
export function nextTime(cron: Cron, after: number, timeZone = "UTC"): number | undefined {
  const start = localTime(after, timeZone);
  const last = cron.years.at(-1) ?? 0;
  const day = new Date(Date.UTC(start.year, start.month - 1, start.day));
  for (; day.getUTCFullYear() <= last; day.setUTCDate(day.getUTCDate() + 1)) {
    const calendar = { year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, day: day.getUTCDate() };
    const isDue =
      cron.years.includes(calendar.year) && cron.months.includes(calendar.month) && cron.runsOn(calendar);
    if (!isDue) continue;
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const time = instantOf(calendar, hour, minute, timeZone);
        if (time !== undefined && time > after) return time;
      }
    }
  }
  return undefined;
}

/** Replaces names by their number, from 1 on. */
const named = (field: string, names: readonly string[]): string =>
  field.replace(/[A-Za-z]{3}/g, (name) => {
    const index = names.indexOf(name.toUpperCase());
    return index < 0 ? name : String(index + 1);
  });

/** The numbers of `*`, `5`, `1-5`, `0/15` and lists of these, in ascending order. */
function numbers(field: string, name: string, least: number, most: number): readonly number[] {
  const all = field.split(",").flatMap((item) => {
    const [, star, from, to, step] = /^(?:(\*)|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(item) ?? [];
    if (star === undefined && from === undefined) throw new CronError(`the ${name} cannot be "${item}"`);
    const first = star === undefined ? Number(from) : least;
    const end = to !== undefined ? Number(to) : star !== undefined || step !== undefined ? most : first;
    const by = Number(step ?? 1);
    if (Math.min(first, end) < least || Math.max(first, end) > most || by < 1)
      throw new CronError(`the ${name} must be from ${least} to ${most}; received "${item}"`);
    // `20-2` goes over the end.
    const count = Math.floor((end < first ? end + most - least + 1 - first : end - first) / by) + 1;
    return Array.from({ length: count }, (_, index) => {
      const value = first + index * by;
      return value > most ? value - (most - least + 1) : value;
    });
  });
  return [...new Set(all)].sort((left, right) => left - right);
}

function onDaysOfMonth(field: string): Cron["runsOn"] {
  const tests = field.split(",").map((item): Cron["runsOn"] => {
    if (item === "L") return (calendar) => calendar.day === daysIn(calendar);
    if (item === "LW") return (calendar) => calendar.day === nearestWeekday(calendar, daysIn(calendar));
    const weekday = /^(\d+)W$/.exec(item)?.[1];
    if (weekday !== undefined) {
      const [day = 0] = numbers(weekday, "day-of-month", 1, 31);
      return (calendar) => day <= daysIn(calendar) && calendar.day === nearestWeekday(calendar, day);
    }
    const days = numbers(item, "day-of-month", 1, 31);
    return ({ day }) => days.includes(day);
  });
  return (calendar) => tests.some((test) => test(calendar));
}

function onDaysOfWeek(field: string): Cron["runsOn"] {
  const tests = field.split(",").map((item): Cron["runsOn"] => {
    if (item === "L") return (calendar) => weekdayOf(calendar) === 7;
    const [, day, nth] = /^(\d)(?:#(\d)|L)$/.exec(item) ?? [];
    if (day !== undefined) {
      const [wanted] = numbers(day, "day-of-week", 1, 7);
      const isNth: Cron["runsOn"] =
        nth === undefined
          ? (calendar) => calendar.day + 7 > daysIn(calendar)
          : (calendar) => Math.ceil(calendar.day / 7) === Number(nth);
      return (calendar) => weekdayOf(calendar) === wanted && isNth(calendar);
    }
    const days = numbers(item, "day-of-week", 1, 7);
    return (calendar) => days.includes(weekdayOf(calendar));
  });
  return (calendar) => tests.some((test) => test(calendar));
}

const daysIn = ({ year, month }: CalendarDay): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

const weekdayOf = ({ year, month, day }: CalendarDay): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;

/** The day of the same month from Monday to Friday that is next to a day. */
function nearestWeekday(calendar: CalendarDay, day: number): number {
  const weekday = weekdayOf({ ...calendar, day });
  if (weekday === 7) return day === 1 ? 3 : day - 1;
  if (weekday === 1) return day === daysIn(calendar) ? day - 2 : day + 1;
  return day;
}

/** The date and time of a moment in a time zone. */
function localTime(at: number, timeZone: string) {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const [year, month, day] = [part("year"), part("month"), part("day")];
  const [hour, minute, second] = [part("hour"), part("minute"), part("second")];
  return { year, month, day, hour, minute, second };
}

/** The moment of a local time; undefined for a time that the start of daylight saving time leaves out. */
function instantOf(
  { year, month, day }: CalendarDay,
  hour: number,
  minute: number,
  timeZone: string,
): number | undefined {
  const asUtc = Date.UTC(year, month - 1, day, hour, minute);
  if (timeZone === "UTC") return asUtc;
  const offsetAt = (at: number) => {
    const local = localTime(at, timeZone);
    return Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute, local.second) - at;
  };
  // The offset at the moment itself, which the first guess misses by the offset.
  const found = asUtc - offsetAt(asUtc - offsetAt(asUtc));
  const local = localTime(found, timeZone);
  return local.hour === hour && local.minute === minute ? found : undefined;
}
