package dev.signalbox.cluster.nats;

import dev.signalbox.router.ClusterLinkException;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, from its beginning to its end. What was sent is confirmed by an echo: a message to a subject of the session's own, which
 * comes back behind all that was sent before it. One echo at a time is under way, so that many publications share one. An echo that does not
 * come back means that the server is silent. jnats' own flush counts as a ping, of which only two may be under way, and does not say when it
 * was not answered.
 */
final class NatsSession {
    private static final Logger LOG = LoggerFactory.getLogger(NatsSession.class);
    private static final byte[] ECHO = {1};

    /** What a command costs besides its bytes, so that many small ones are bounded, too. */
    private static final long OVERHEAD = 64;

    private final Connection connection;
    private final Dispatcher dispatcher;
    private final String echoSubject;
    private final NatsBounds bounds;
    /** The link's lock: it keeps the order of publications, and says which session may still tell anything. */
    private final ReentrantLock lock;

    private final Receiver receiver;

    private final CompletableFuture<String> ended;
    private List<Sent> waiting = new ArrayList<>();
    private List<Sent> underWay = List.of();
    private boolean echoUnderWay;
    private long echoSentNanos;
    private long waitingBytes;
    private boolean refusing;

    private record Sent(long bytes, CompletableFuture<Void> confirmed) {}

    /** Is told what arrives, on the session's thread, without the lock. */
    interface Receiver {
        void received(NatsSession session, String subject, byte[] bytes);
    }

    /** {@code ended} completes with the reason when the connection is over. */
    NatsSession(
            Connection connection,
            NatsBounds bounds,
            String prefix,
            ReentrantLock lock,
            Receiver receiver,
            CompletableFuture<String> ended) {
        this.connection = connection;
        this.bounds = bounds;
        this.echoSubject = prefix + ".echo_" + UUID.randomUUID();
        this.lock = lock;
        this.receiver = receiver;
        this.ended = ended;
        this.dispatcher = connection.createDispatcher(this::handle);
        dispatcher.setPendingLimits(bounds.unread(), -1);
        dispatcher.subscribe(echoSubject);
    }

    private void handle(Message message) {
        if (hasDropped()) {
            ended.complete("more came than this node could take");
        } else if (message.getSubject().equals(echoSubject)) {
            onEcho();
        } else {
            receiver.received(this, message.getSubject(), message.getData());
        }
    }

    /**
     * jnats drops what comes while too much waits for the dispatcher's thread, and does not say between which messages. So nothing that
     * this thread finds after a drop is told: the session ends, and the next one tells of the loss.
     */
    private boolean hasDropped() {
        return dispatcher.getDroppedCount() > 0;
    }

    /** Under the lock. False if the connection is over. */
    boolean subscribe(String subject) {
        return isDone(() -> dispatcher.subscribe(subject));
    }

    /** Under the lock. */
    void unsubscribe(String subject) {
        boolean _ = isDone(() -> dispatcher.unsubscribe(subject));
    }

    /** jnats says that a connection is over by an exception; the link is told so by {@link #ended}. */
    private boolean isDone(Runnable command) {
        try {
            command.run();
            return true;
        } catch (IllegalStateException e) {
            LOG.debug("a connection to NATS is over", e);
            ended.complete("the connection is over: " + e.getMessage());
            return false;
        }
    }

    /** Under the lock. Completes once the server has it. */
    CompletableFuture<Void> publish(String subject, byte[] bytes) {
        if (refusing) {
            return failed("the link moves to another NATS server; send again");
        }
        if (waitingBytes > 0 && waitingBytes + bytes.length > bounds.unconfirmedBytes()) {
            return failed("too much waits for NATS (" + waitingBytes + " bytes); send less, or later");
        }
        try {
            connection.publish(subject, bytes);
            return confirmed(bytes.length);
        } catch (IllegalStateException | IllegalArgumentException e) {
            return failed("NATS did not take it: " + e.getMessage());
        }
    }

    private static CompletableFuture<Void> failed(String why) {
        return CompletableFuture.failedFuture(new ClusterLinkException(why, false));
    }

    /** Under the lock. Completes once the server has all that was sent before. */
    CompletableFuture<Void> confirmed() {
        return confirmed(0);
    }

    private CompletableFuture<Void> confirmed(int bytes) {
        Sent sent = new Sent(bytes + OVERHEAD, new CompletableFuture<>());
        waitingBytes += sent.bytes();
        waiting.add(sent);
        sendEcho();
        return sent.confirmed();
    }

    private void sendEcho() {
        if (echoUnderWay) {
            return;
        }
        echoUnderWay = true;
        echoSentNanos = System.nanoTime();
        underWay = waiting;
        waiting = new ArrayList<>();
        boolean _ = isDone(() -> connection.publish(echoSubject, ECHO));
    }

    private void onEcho() {
        List<Sent> done;
        lock.lock();
        try {
            done = underWay;
            underWay = List.of();
            waitingBytes -= done.stream().mapToLong(Sent::bytes).sum();
            echoUnderWay = false;
            if (!waiting.isEmpty()) {
                sendEcho();
            }
        } finally {
            lock.unlock();
        }
        done.forEach(each -> each.confirmed().complete(null));
    }

    /** Looks whether the server is still there; ends the session if an echo has been under way for longer than that. */
    void beat(Duration silence) {
        lock.lock();
        try {
            if (echoUnderWay && System.nanoTime() - echoSentNanos > silence.toNanos()) {
                ended.complete("it has not answered for more than " + silence.toMillis() + " ms");
            }
            sendEcho();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the end. */
    boolean endsWithin(Duration time) throws InterruptedException {
        try {
            ended.get(time.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false; // It goes on.
        } catch (ExecutionException e) {
            throw new IllegalStateException("a session ends with a reason", e);
        }
    }

    /** Why it ended. */
    String reason() {
        return ended.getNow("the link was closed");
    }

    /** Takes no more publications; returns once the server has those that were sent, or the session ended, or that time is over. */
    void refuse(Duration time) throws InterruptedException {
        CountDownLatch quiet = new CountDownLatch(1);
        lock.lock();
        try {
            refusing = true;
            CompletableFuture<Void> _ = confirmed().whenComplete((done, failure) -> quiet.countDown());
        } finally {
            lock.unlock();
        }
        boolean all = quiet.await(time.toNanos(), TimeUnit.NANOSECONDS);
        LOG.debug("left a NATS server with everything confirmed: {}", all);
    }

    /** The servers that this one knows. */
    List<String> servers() {
        return List.copyOf(connection.getServers());
    }

    /** Fails what waits, and closes the connection, without waiting for it. Not under the lock. */
    void end(String why) {
        List<Sent> failed = new ArrayList<>();
        lock.lock();
        try {
            refusing = true;
            failed.addAll(underWay);
            failed.addAll(waiting);
            underWay = List.of();
            waiting = new ArrayList<>();
        } finally {
            lock.unlock();
        }
        ClusterLinkException failure =
                new ClusterLinkException("NATS did not confirm it, and may have it: " + why, true);
        failed.forEach(each -> each.confirmed().completeExceptionally(failure));
        // A frozen server would hold up the thread that closes its connection for seconds.
        Thread.ofVirtual().name("nats-close").start(this::close);
    }

    private void close() {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
