/** The commands that the console shows, as arguments of `./signalbox`. A test runs every one of them. */
export const COMMANDS = {
  send: ['send', '--to', 'sms:+61491570006', 'Hello'],
  append: ['session', 'append', 'game-7', '{"move": "e4"}'],
  publish: ['topic', 'publish', 'news', 'hello'],
  settings: ['serve', '--print-config'],
};

/** A command as it is typed into a shell. */
export const commandLine = (name) => ['./signalbox', ...COMMANDS[name].map(quoted)].join(' ');

const quoted = (word) => (/^[\w+:=./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
