// What the tests of the client use of node:assert/strict, for a browser.
class AssertionError extends Error {}

function ok(value, message) {
  if (!value) {
    throw new AssertionError(message ?? `${shown(value)} is not truthy`);
  }
}

function equal(actual, expected, message) {
  ok(Object.is(actual, expected), message ?? `${shown(actual)} is not ${shown(expected)}`);
}

function notEqual(actual, expected) {
  ok(!Object.is(actual, expected), `both are ${shown(actual)}`);
}

function deepEqual(actual, expected) {
  ok(same(actual, expected), `${shown(actual)} is not ${shown(expected)}`);
}

function match(actual, expected) {
  ok(expected.test(actual), `${shown(actual)} does not match ${expected}`);
}

function same(actual, expected) {
  if (typeof expected !== 'object' || expected === null) {
    return Object.is(actual, expected);
  }
  const keys = Object.keys(expected);
  return typeof actual === 'object' && actual !== null
    && Object.getPrototypeOf(actual) === Object.getPrototypeOf(expected)
    && Object.keys(actual).length === keys.length
    && keys.every((key) => Object.hasOwn(actual, key) && same(actual[key], expected[key]));
}

function throws(work, expected) {
  let thrown;
  try {
    work();
  } catch (error) {
    thrown = { error };
  }
  ok(thrown, 'nothing was thrown');
  matches(thrown.error, expected);
}

async function rejects(promise, expected) {
  const rejected = await promise.then(() => null, (error) => ({ error }));
  ok(rejected, 'it was not rejected');
  matches(rejected.error, expected);
}

/** `expected` is a class, or properties; a property may be what a text has to match. */
function matches(error, expected) {
  const fits = typeof expected === 'function'
    ? error instanceof expected
    : Object.entries(expected ?? {}).every(([key, value]) => (value instanceof RegExp ? value.test(error[key]) : same(error[key], value)));
  ok(fits, `another error: ${error}`);
}

function shown(value) {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export default Object.assign(ok, { ok, equal, notEqual, deepEqual, match, throws, rejects });
