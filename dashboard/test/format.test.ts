import { expect, test } from 'vitest';
import { age, bytes, count, millis, plural, rate } from '../src/format.ts';

test.each([[0, '0'], [1234, '1,234'], [999_999, '999,999'], [1_200_000, '1.2M']])('count(%d)', (n, text) => expect(count(n)).toBe(text));
test.each([[0, '0'], [0.05, '0.05'], [1.25, '1.3'], [12.4, '12'], [1234.4, '1,234']])('rate(%d)', (n, text) => expect(rate(n)).toBe(text));
test.each([[0.45, '0.45 ms'], [12, '12 ms'], [999, '999 ms'], [1200, '1.2 s']])('millis(%d)', (n, text) => expect(millis(n)).toBe(text));
test.each([[-5, '0 s'], [59_999, '59 s'], [60_000, '1 min'], [3_660_000, '1 h 1 min'], [90_000_000, '1 d 1 h']])('age(%d)', (n, text) => expect(age(n)).toBe(text));
test.each([[0, '0 B'], [999, '999 B'], [1400, '1.4 kB'], [3_000_000, '3.0 MB'], [5e15, '5,000 TB']])('bytes(%d)', (n, text) => expect(bytes(n)).toBe(text));
test('plural', () => expect([plural(1, 'user'), plural(0, 'user'), plural(2, 'was', 'were')]).toEqual(['1 user', '0 users', '2 were']));
