// What the tests of the client use of node:test, for a browser.
const tests = [];
const endings = [];

export function test(name, optionsOrWork, work = optionsOrWork) {
  tests.push({ name, skip: optionsOrWork.skip, work });
}

export function after(work) {
  endings.push(work);
}

/** One after another, as Node does. Settles with the name of each, and why it failed or was skipped. */
export async function run() {
  const results = [];
  for (const { name, skip, work } of tests) {
    results.push(skip ? { name, skipped: skip } : { name, failed: await failure(work) });
  }
  endings.forEach((work) => work());
  return results;
}

async function failure(work) {
  try {
    await work();
    return null;
  } catch (error) {
    return `${error.message}\n${error.stack}`;
  }
}
