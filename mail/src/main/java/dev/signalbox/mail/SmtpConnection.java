package dev.signalbox.mail;

import java.io.IOException;
import java.time.Duration;

/** A connection that is ready for messages. One thread uses it at a time. */
final class SmtpConnection {
    private static final Duration GOODBYE = Duration.ofSeconds(2);

    private final SmtpWire wire;
    private final Capabilities server;
    private final SmtpTimeouts timeouts;
    private final long born = System.nanoTime();
    private long used = born;
    private int messages;
    private boolean broken;

    SmtpConnection(SmtpWire wire, Capabilities server, SmtpTimeouts timeouts) {
        this.wire = wire;
        this.server = server;
        this.timeouts = timeouts;
    }

    SmtpWire wire() {
        return wire;
    }

    Capabilities server() {
        return server;
    }

    /** Whether it has carried a message before, so that its server may have forgotten it. */
    boolean isReused() {
        return messages > 0;
    }

    /**
     * Runs one transaction, which is over before {@code end} in {@link System#nanoTime()}.
     *
     * @throws UnconfirmedException if all was written and no answer came
     * @throws IOException if it certainly was not sent: {@link SmtpWire.LostException} if the connection failed, another one if
     *     the content could not be read
     */
    SmtpTransaction.Outcome deliver(Envelope envelope, MailContent content, long end) throws IOException {
        broken = true; // Until it ended as it should.
        wire.until(end);
        var outcome = new SmtpTransaction(this, timeouts, envelope).run(content);
        used = System.nanoTime();
        messages++;
        broken = outcome.closes();
        wire.until(SmtpWire.NEVER);
        return outcome;
    }

    boolean isExhausted(SmtpPoolOptions pool, long now) {
        return broken || messages >= pool.messages() || now - born > pool.age().toNanos();
    }

    boolean isIdleFor(Duration time, long now) {
        return now - used > time.toNanos();
    }

    /** Whether the server still answers. */
    boolean isAlive() {
        try {
            boolean alive = wire.ask("NOOP", timeouts.reply()).isPositive();
            used = System.nanoTime();
            return alive;
        } catch (IOException e) {
            SmtpSender.LOG.debug("a kept connection is dead", e);
            return false;
        }
    }

    /** Takes leave if the connection is sound, and closes it. */
    void quit() {
        if (!broken) {
            try {
                wire.ask("QUIT", GOODBYE);
            } catch (IOException e) {
                SmtpSender.LOG.debug("no goodbye", e);
            }
        }
        wire.close();
    }
}
