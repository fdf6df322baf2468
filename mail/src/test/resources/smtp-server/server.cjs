// Two listeners of the npm package smtp-server, one with STARTTLS, one with TLS from the first byte, for NodeSmtpServerTest.
// Arguments: certificate, key, the only token that is taken. Prints both ports, then one JSON object a line for each message.
const fs = require('fs');
const { SMTPServer } = require('smtp-server');
const [cert, key, token] = process.argv.slice(2);

function refusal(code, text) {
  return Object.assign(new Error(text), { responseCode: code });
}

const greeted = new Set();

const options = {
  cert: fs.readFileSync(cert),
  key: fs.readFileSync(key),
  authMethods: ['XOAUTH2'],
  size: 3_000_000,
  disableReverseLookup: true,
  onAuth(auth, session, answer) {
    if (auth.method === 'XOAUTH2' && auth.accessToken === token) {
      return answer(null, { user: auth.username });
    }
    answer(null, { data: { status: '401', schemes: 'bearer', scope: 'mail' } });
  },
  onRcptTo(address, session, answer) {
    const local = address.address.split('@')[0];
    if (local === 'gone') return answer(refusal(550, 'no such user'));
    if (local === 'grey' && !greeted.has(address.address)) {
      greeted.add(address.address);
      return answer(refusal(451, 'greylisted, come again'));
    }
    answer();
  },
  onData(stream, session, answer) {
    const pieces = [];
    stream.on('data', (piece) => pieces.push(piece));
    stream.on('end', () => {
      if (stream.sizeExceeded) return answer(refusal(552, 'too large'));
      console.log(JSON.stringify({
        user: session.user,
        secure: session.secure,
        from: session.envelope.mailFrom.address,
        to: session.envelope.rcptTo.map((each) => each.address),
        message: Buffer.concat(pieces).toString('base64'),
      }));
      answer(null, 'taken');
    });
  },
};

const servers = [new SMTPServer(options), new SMTPServer({ ...options, secure: true })];
let listening = 0;
for (const server of servers) {
  server.on('error', () => {}); // a client that leaves in the middle is no failure of the test
  server.listen(0, '127.0.0.1', () => {
    if (++listening === servers.length) {
      console.log(JSON.stringify(servers.map((each) => each.server.address().port)));
    }
  });
}
process.stdin.on('end', () => process.exit(0)).resume(); // ends with the test, however that ends
