package dev.signalbox.mail;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends each message by all of its senders, one after the other. A sender that fails does not stop the others, unless the
 * agent was told so. Thread-safe. Owns its senders: {@link #close} closes them.
 */
public final class MailAgent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MailAgent.class);
    private static final Duration CLOSING = Duration.ofSeconds(60);

    private final List<MailSender> senders;
    private final boolean stopsAtFailure;
    private final int mostPending;
    private final Semaphore pending;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("mail-agent-", 0).factory());
    private final AtomicBoolean closed = new AtomicBoolean();

    private MailAgent(List<MailSender> senders, boolean stopsAtFailure, int mostPending) {
        this.senders = senders;
        this.stopsAtFailure = stopsAtFailure;
        this.mostPending = mostPending;
        pending = new Semaphore(mostPending);
    }

    /**
     * All senders run, 10,000 messages may wait in {@link #sendAsync}.
     *
     * @throws IllegalArgumentException without a sender, or if two have the same name
     */
    public static MailAgent of(MailSender... senders) {
        var names = new HashSet<String>();
        for (var sender : senders) {
            if (!names.add(sender.name())) {
                throw new IllegalArgumentException("two senders are called " + sender.name());
            }
        }
        if (senders.length == 0) {
            throw new IllegalArgumentException("an agent needs a sender");
        }
        return new MailAgent(List.of(senders), false, 10_000);
    }

    /** The same senders; the first that fails is the last that is asked. Use it instead of this one. */
    public MailAgent stoppingAtFailure() {
        return new MailAgent(senders, true, mostPending);
    }

    /** The same senders with another bound for {@link #sendAsync}, 1 to 1,000,000. Use it instead of this one. */
    public MailAgent withPending(int most) {
        if (most < 1 || most > 1_000_000) {
            throw new IllegalArgumentException("pending " + most + " is not in 1..1000000");
        }
        return new MailAgent(senders, stopsAtFailure, most);
    }

    /** Sends, and says what became of it; failures are in the result, and in the log. Blocks. */
    public AgentResult send(MailMessage message) {
        var sent = new LinkedHashMap<String, MailResult>();
        var failed = new LinkedHashMap<String, MailException>();
        for (var sender : senders) {
            if (failed.isEmpty() || !stopsAtFailure) {
                attempt(sender, message, sent, failed);
            }
        }
        return new AgentResult(sent, failed);
    }

    private static void attempt(
            MailSender sender, MailMessage message, Map<String, MailResult> sent, Map<String, MailException> failed) {
        try {
            sent.put(sender.name(), sender.send(message));
        } catch (MailException e) {
            LOG.warn("sender {}: {}", sender.name(), e.getMessage());
            failed.put(sender.name(), e);
        } catch (RuntimeException e) {
            LOG.warn("sender {} threw an exception of its own", sender.name(), e);
            failed.put(sender.name(), new MailException.Unknown("sender " + sender.name() + ": " + e, e));
        }
    }

    /**
     * Sends on another thread. Ends with a {@link MailException.NotSent} if too many messages wait already, or if the agent
     * is closed.
     */
    public CompletableFuture<AgentResult> sendAsync(MailMessage message) {
        if (closed.get()) {
            return CompletableFuture.failedFuture(new MailException.NotSent("the agent is closed", List.of()));
        }
        if (!pending.tryAcquire()) {
            return CompletableFuture.failedFuture(
                    new MailException.NotSent(mostPending + " messages wait already, which is the most", List.of()));
        }
        return CompletableFuture.supplyAsync(() -> send(message), threads)
                .whenComplete((result, e) -> pending.release());
    }

    /** Takes no more, sends what it has for up to 60 s, and closes the senders. */
    @Override
    public void close() {
        close(CLOSING);
    }

    /** As {@link #close()}; what is not sent in time ends as it would if the connection broke. */
    public void close(Duration most) {
        closed.set(true);
        threads.shutdown();
        try {
            if (!threads.awaitTermination(most.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("closing: messages were still being sent after {} and are cut", most);
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
        senders.forEach(MailSender::close);
    }
}
