package dev.signalbox.mail;

import dev.signalbox.mail.SmtpWire.LostException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends messages to one SMTP server over connections that it keeps. Thread-safe; {@link #send} blocks and is made for virtual
 * threads.
 *
 * <p>Recipients whom the server refuses do not keep the others from getting the message: {@link MailResult} has both. What a
 * failure means for the message:
 *
 * <table>
 * <caption>Replies and failures</caption>
 * <tr><td>4xx, 421 included</td><td>{@link MailException.NotSent}</td></tr>
 * <tr><td>452 to a recipient after others</td><td>the rest goes into a further transaction at once</td></tr>
 * <tr><td>5xx</td><td>{@link MailException.Rejected}; 530 and a refused login {@link MailException.NotSent}</td></tr>
 * <tr><td>lost before the content was written to its end</td><td>{@link MailException.NotSent}; if the connection was kept
 *     from before, a new one is tried first</td></tr>
 * <tr><td>lost after that, before the reply</td><td>{@link MailException.Unknown}</td></tr>
 * </table>
 */
public final class SmtpSender implements MailSender {
    static final Logger LOG = LoggerFactory.getLogger(SmtpSender.class);
    /** Stands for no limit. */
    private static final Duration A_DAY = Duration.ofDays(1);

    private static final Duration CLOSING = Duration.ofSeconds(30);

    private final SmtpOptions options;
    private final MailListener listener;
    private final SmtpPool pool;
    private final Pace pace;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Connects only when there is something to send.
     *
     * @throws IllegalArgumentException if the CA file cannot be read
     */
    public SmtpSender(SmtpOptions options) {
        this(options, MailListener.NONE);
    }

    public SmtpSender(SmtpOptions options, MailListener listener) {
        this.options = options;
        this.listener = listener;
        pool = new SmtpPool(options, SmtpSender::tokens);
        pace = new Pace(options.perSecond(), System::nanoTime);
    }

    private static @Nullable TokenCache tokens(SmtpOptions options) {
        return options.auth().orElse(null) instanceof SmtpAuth.XOAuth2 auth
                ? new TokenCache(auth.tokens(), InstantSource.system())
                : null;
    }

    @Override
    public String name() {
        return options.host();
    }

    @Override
    public MailResult send(MailMessage message) {
        return send(message, A_DAY);
    }

    /** As {@link #send(MailMessage)}, within {@code most} for all of it, however long its steps may take by the options. */
    public MailResult send(MailMessage message, Duration most) {
        return send(message, most, () -> true);
    }

    /**
     * As {@link #send(MailMessage, Duration)}, if it may still begin.
     *
     * @param mayBegin is asked with a connection at hand, immediately before the message is handed over, once for each
     *     transaction; if false, {@link MailException.NotSent} is thrown, or what is left of the recipients counts as refused
     */
    public MailResult send(MailMessage message, Duration most, BooleanSupplier mayBegin) {
        long begin = System.nanoTime();
        try {
            var result = attempt(message, begin + most.toNanos(), mayBegin);
            listener.sent(name(), result, Duration.ofNanos(System.nanoTime() - begin));
            return result;
        } catch (MailException e) {
            listener.failed(name(), e, Duration.ofNanos(System.nanoTime() - begin));
            throw e;
        }
    }

    private MailResult attempt(MailMessage given, long end, BooleanSupplier mayBegin) {
        var message = options.from().map(given::withDefaultFrom).orElse(given);
        var from = message.returnPath()
                .or(message::from)
                .orElseThrow(() -> new MailException.Rejected(
                        "the message has no from, and the sender has none, either", List.of()));
        var collected = new Collected(message, from, end, mayBegin);
        try {
            collected.run(content(message));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            collected.failed("interrupted while waiting for a connection", e);
        }
        return collected.result();
    }

    private MailContent content(MailMessage message) {
        try {
            return Dkim.sign(MimeMessage.of(message), options.dkim(), message.date());
        } catch (IOException e) {
            throw new MailException.NotSent("an attachment could not be read: " + e.getMessage(), e);
        }
    }

    /** Gathers, transaction by transaction, what became of each recipient. One use each. */
    private final class Collected {
        private final MailMessage message;
        private final MailAddress from;
        private final long end;
        private final BooleanSupplier mayBegin;
        private final boolean utf8;
        private final List<MailAddress> accepted = new ArrayList<>();
        private final List<Refusal> refused = new ArrayList<>();
        private final List<MailAddress> unconfirmed = new ArrayList<>();
        private List<MailAddress> left;
        private String said = "";
        private String trouble = "";
        private @Nullable Throwable cause;

        Collected(MailMessage message, MailAddress from, long end, BooleanSupplier mayBegin) {
            this.end = end;
            this.mayBegin = mayBegin;
            this.message = message;
            this.from = from;
            left = message.recipients();
            utf8 = from.needsUtf8()
                    || message.from().filter(MailAddress::needsUtf8).isPresent()
                    || left.stream().anyMatch(MailAddress::needsUtf8)
                    || message.replyTo().stream().anyMatch(MailAddress::needsUtf8);
        }

        /** Ends, because each round accepts or refuses somebody, or is the last. */
        void run(MailContent content) throws InterruptedException {
            while (!left.isEmpty()) {
                int most = Math.min(left.size(), options.recipients());
                var now = left.subList(0, most);
                var later = left.subList(most, left.size());
                try {
                    var outcome = transact(new Envelope(from, List.copyOf(now), utf8), content, end, mayBegin);
                    said = outcome.said();
                    accepted.addAll(outcome.accepted());
                    left = sort(outcome, later);
                } catch (UnconfirmedException e) {
                    unconfirmed.addAll(e.recipients());
                    refused.addAll(e.refused());
                    left = later;
                    failed(String.valueOf(e.getMessage()), e);
                } catch (MailContent.TooLargeException e) {
                    now.forEach(one -> refused.add(Refusal.because(String.valueOf(e.getMessage()), true, one)));
                    left = later;
                } catch (IOException e) {
                    failed(String.valueOf(e.getMessage()), e);
                }
            }
        }

        /** Keeps refusals, except of those who were only too many for one transaction: they come next. */
        private List<MailAddress> sort(SmtpTransaction.Outcome outcome, List<MailAddress> later) {
            var next = new ArrayList<MailAddress>();
            for (var refusal : outcome.refused()) {
                boolean tooMany = !outcome.accepted().isEmpty()
                        && refusal.reply()
                                .filter(SmtpReply::isTooManyRecipients)
                                .isPresent();
                if (tooMany) {
                    next.add(refusal.recipient());
                } else {
                    refused.add(refusal);
                }
            }
            next.addAll(later);
            return next;
        }

        /** Gives up on those who are left. */
        void failed(String why, Throwable because) {
            trouble = why;
            cause = because;
            left.forEach(one -> refused.add(Refusal.because(why, false, one)));
            left = List.of();
        }

        MailResult result() {
            if (!accepted.isEmpty()) {
                return new MailResult(message.messageId(), accepted, refused, unconfirmed, said);
            }
            String where = options.host() + ":" + options.port() + ": ";
            if (!unconfirmed.isEmpty()) {
                throw new MailException.Unknown(where + trouble, refused);
            }
            if (cause != null) {
                throw new MailException.NotSent(where + trouble, cause);
            }
            String why = where
                    + refused.getFirst().reason()
                    + (refused.size() > 1 ? " (and " + (refused.size() - 1) + " more recipients)" : "");
            if (refused.stream().allMatch(Refusal::permanent)) {
                throw new MailException.Rejected(why, refused);
            }
            throw new MailException.NotSent(why, refused);
        }
    }

    private SmtpTransaction.Outcome transact(Envelope envelope, MailContent content, long end, BooleanSupplier mayBegin)
            throws IOException, InterruptedException {
        awaitTurn(end);
        var connection = acquire(false, end);
        boolean kept = connection.isReused();
        try {
            return deliver(connection, envelope, content, end, mayBegin);
        } catch (LostException e) {
            if (!kept) {
                throw e;
            }
            LOG.debug("a kept connection to {} was dead, trying a new one", options.host(), e);
            return deliver(acquire(true, end), envelope, content, end, mayBegin);
        }
    }

    private SmtpTransaction.Outcome deliver(
            SmtpConnection connection, Envelope envelope, MailContent content, long end, BooleanSupplier mayBegin)
            throws IOException {
        try {
            if (!mayBegin.getAsBoolean()) {
                throw new IOException("it may not begin any more");
            }
            return connection.deliver(envelope, content, end);
        } finally {
            pool.release(connection);
        }
    }

    private SmtpConnection acquire(boolean fresh, long end) throws IOException, InterruptedException {
        if (closed.get()) {
            throw new IOException("the sender is closed");
        }
        return pool.acquire(fresh, end);
    }

    private void awaitTurn(long end) throws IOException, InterruptedException {
        var most = Duration.ofNanos(Math.min(options.pool().maxWait().toNanos(), end - System.nanoTime()));
        var wait = pace.turn(most);
        if (wait.isEmpty()) {
            throw new IOException(
                    "no turn within " + most + " at " + options.perSecond() + " messages a second (perSecond)");
        }
        if (wait.getAsLong() > 0) {
            TimeUnit.NANOSECONDS.sleep(wait.getAsLong());
        }
    }

    /** Lets messages under way finish for up to 30 s, then cuts them. */
    @Override
    public void close() {
        closed.set(true);
        try {
            if (!pool.awaitIdle(CLOSING)) {
                LOG.warn("closing {}: messages were still being sent after {} and are cut", options.host(), CLOSING);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pool.close();
    }
}
