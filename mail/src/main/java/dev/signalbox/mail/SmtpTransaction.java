package dev.signalbox.mail;

import dev.signalbox.mail.SmtpWire.LostException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One message for one list of recipients over one connection: MAIL, RCPT for each, and DATA or BDAT. One use each.
 *
 * <p>The content goes out only after all replies to the recipients are read. Sending it along would save a round trip and
 * cost certainty: a connection that the server had closed long before would leave an unknown outcome.
 */
final class SmtpTransaction {
    /** Commands sent ahead of their replies. Bounds the replies that wait in the socket while this side still writes. */
    private static final int MOST_AHEAD = 100;

    private final SmtpWire wire;
    private final Capabilities server;
    private final SmtpTimeouts timeouts;
    private final Envelope envelope;
    private final Deque<OnReply> pending = new ArrayDeque<>();
    private final List<MailAddress> accepted = new ArrayList<>();
    private final List<Refusal> refused = new ArrayList<>();
    private @Nullable SmtpReply mail;
    private @Nullable SmtpReply data;

    /**
     * How it ended.
     *
     * @param said what the server said to the content, or why it did not come to that
     * @param closes whether the connection cannot be used any more
     */
    record Outcome(List<MailAddress> accepted, List<Refusal> refused, String said, boolean closes) {}

    @FunctionalInterface
    private interface OnReply {
        void accept(SmtpReply reply) throws IOException;
    }

    SmtpTransaction(SmtpConnection connection, SmtpTimeouts timeouts, Envelope envelope) {
        this.wire = connection.wire();
        this.server = connection.server();
        this.timeouts = timeouts;
        this.envelope = envelope;
    }

    Outcome run(MailContent content) throws IOException {
        if (envelope.utf8() && !server.has("SMTPUTF8")) {
            return refuseAll("an address needs SMTPUTF8, which the server does not offer");
        }
        if (server.size().isPresent()
                && content.size().orElse(0) > server.size().getAsLong()) {
            return refuseAll(new MailContent.TooLargeException(server.size().getAsLong()).getMessage());
        }
        return ask(content);
    }

    private Outcome ask(MailContent content) throws IOException {
        send(mailCommand(content), reply -> mail = notClosing(reply));
        for (var recipient : envelope.recipients()) {
            if (mail == null || mail.isPositive()) {
                send("RCPT TO:<" + recipient.address() + ">", reply -> recipient(recipient, notClosing(reply)));
            }
        }
        if (server.has("PIPELINING") && !server.has("CHUNKING")) {
            send("DATA", reply -> data = notClosing(reply));
        }
        drain();
        var answer = mail;
        if (answer != null && !answer.isPositive()) {
            // Recipients that were sent ahead were refused only for want of a sender (503), which says nothing of them.
            refused.clear();
            return abandon(answer);
        }
        return accepted.isEmpty() ? abandon(lastRefusal()) : deliver(content);
    }

    private String mailCommand(MailContent content) {
        var command = new StringBuilder("MAIL FROM:<")
                .append(envelope.from().address())
                .append('>');
        if (server.has("SIZE") && content.size().isPresent()) {
            command.append(" SIZE=").append(content.size().getAsLong());
        }
        if (envelope.utf8()) {
            command.append(server.has("8BITMIME") ? " BODY=8BITMIME" : "").append(" SMTPUTF8");
        }
        return command.toString();
    }

    private void send(String command, OnReply then) throws IOException {
        wire.command(command);
        pending.add(then);
        if (!server.has("PIPELINING") || pending.size() >= MOST_AHEAD) {
            drain();
        }
    }

    private void drain() throws IOException {
        wire.flush();
        for (var next = pending.poll(); next != null; next = pending.poll()) {
            next.accept(wire.reply(timeouts.reply()));
        }
    }

    private void recipient(MailAddress recipient, SmtpReply reply) {
        if (reply.isPositive()) {
            accepted.add(recipient);
        } else {
            refused.add(Refusal.by(reply, recipient));
        }
    }

    private static SmtpReply notClosing(SmtpReply reply) throws LostException {
        if (reply.isClosing()) {
            throw new LostException("the server is closing the connection: " + reply, new ProtocolException("421"));
        }
        return reply;
    }

    private SmtpReply lastRefusal() {
        return refused.getLast().reply().orElseThrow();
    }

    /** Ends without content: nobody was accepted, or the server would not have the message. */
    private Outcome abandon(SmtpReply reason) throws IOException {
        var waiting = data;
        if (waiting != null && waiting.code() == 354) {
            wire.command(".");
            wire.flush();
            wire.reply(timeouts.content()); // Without recipients, the server has nothing to accept.
        } else {
            notClosing(wire.ask("RSET", timeouts.reply()));
        }
        return refuseAll(reason);
    }

    private Outcome refuseAll(SmtpReply reason) {
        var all = new ArrayList<Refusal>(refused);
        var seen = refused.stream().map(Refusal::recipient).collect(Collectors.toSet());
        envelope.recipients().stream()
                .filter(one -> !seen.contains(one))
                .forEach(one -> all.add(Refusal.by(reason, one)));
        return new Outcome(List.of(), all, reason.toString(), reason.isClosing());
    }

    /** Without a word to the server, which could not take it. */
    private Outcome refuseAll(@Nullable String reason) {
        String why = String.valueOf(reason);
        var all = envelope.recipients().stream()
                .map(one -> Refusal.because(why, true, one))
                .toList();
        return new Outcome(List.of(), all, why, false);
    }

    private Outcome deliver(MailContent content) throws IOException {
        if (!server.has("CHUNKING")) {
            return lines(content);
        }
        return content.size().orElse(Long.MAX_VALUE) <= Chunks.SIZE ? oneChunk(content) : chunks(content);
    }

    private Outcome lines(MailContent content) throws IOException {
        var ready = data == null ? notClosing(wire.ask("DATA", timeouts.reply())) : data;
        if (ready.code() != 354) {
            data = null;
            return abandon(ready);
        }
        var out = new DotStuffing(wire);
        content.writeTo(out, server.size());
        out.finish();
        wire.flush();
        return ended(() -> {});
    }

    private Outcome oneChunk(MailContent content) throws IOException {
        wire.command("BDAT " + content.size().getAsLong() + " LAST");
        content.writeTo(wire.stream(), server.size());
        wire.flush();
        return ended(() -> {});
    }

    private Outcome chunks(MailContent content) throws IOException {
        var out = new Chunks(wire, server.has("PIPELINING"), timeouts);
        try {
            content.writeTo(out, server.size());
            out.finish();
            return ended(out::settle);
        } catch (Chunks.RefusedException e) {
            var outcome = refuseAll(e.reply());
            return new Outcome(List.of(), outcome.refused(), outcome.said(), true);
        }
    }

    /** Reads what the server says to the end of the content, and before that the replies that are still due. */
    private interface Due {
        void read() throws IOException;
    }

    private Outcome ended(Due due) throws IOException {
        SmtpReply reply;
        try {
            due.read();
            reply = wire.reply(timeouts.content());
        } catch (LostException e) {
            throw new UnconfirmedException("all was written, but " + e.getMessage(), e, accepted, refused);
        }
        if (reply.isPositive()) {
            return new Outcome(accepted, refused, reply.toString(), false);
        }
        if (!reply.isTemporary() && !reply.isPermanent()) {
            throw new UnconfirmedException(
                    "all was written, but the server answered " + reply, new ProtocolException(), accepted, refused);
        }
        return refuseAll(reply);
    }

    /** Doubles a dot at the start of a line, and ends with a dot alone (RFC 5321, section 4.5.2). */
    private static final class DotStuffing extends OutputStream {
        private final SmtpWire wire;
        private int last = '\n';

        DotStuffing(SmtpWire wire) {
            this.wire = wire;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            int begin = from;
            for (int i = from; i < from + length; i++) {
                if (bytes[i] == '.' && last == '\n') {
                    wire.write(bytes, begin, i - begin + 1);
                    begin = i;
                }
                last = bytes[i];
            }
            wire.write(bytes, begin, from + length - begin);
        }

        void finish() throws IOException {
            wire.command(last == '\n' ? "." : "\r\n.");
        }
    }
}
