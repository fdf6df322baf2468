package dev.signalbox.cluster.nats;

import dev.signalbox.router.ClusterLink.Channel;
import dev.signalbox.router.ClusterLinkDriver;
import dev.signalbox.router.ClusterLinkException;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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
final class NatsSession implements ClusterLinkDriver.Session {
    private static final Logger LOG = LoggerFactory.getLogger(NatsSession.class);
    private static final byte[] ECHO = {1};

    /** What a command costs besides its bytes, so that many small ones are bounded, too. */
    private static final long OVERHEAD = 64;

    private final Connection connection;
    private final Dispatcher dispatcher;
    private final String prefix;
    private final String echoSubject;
    private final NatsBounds bounds;
    private final NatsSupervisor.Owner owner;
    private final CompletableFuture<String> ended;
    /** By subject. */
    private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();
    /** Keeps the order of what is sent, and of the echoes that confirm it. No caller's code runs under it. */
    private final ReentrantLock lock = new ReentrantLock();

    private List<Sent> waiting = new ArrayList<>();
    private List<Sent> underWay = List.of();
    private boolean echoUnderWay;
    private long echoSentNanos;
    private long waitingBytes;
    private boolean refusing;

    /** One that was asked for: another one to the same channel is not confirmed with it. */
    private static final class Subscription {
        private final Channel channel;
        private volatile boolean isConfirmed;

        private Subscription(Channel channel) {
            this.channel = channel;
        }
    }

    private record Sent(long bytes, CompletableFuture<Void> confirmed) {}

    /** {@code ended} completes with the reason when the connection is over. */
    NatsSession(
            Connection connection,
            NatsBounds bounds,
            String prefix,
            NatsSupervisor.Owner owner,
            CompletableFuture<String> ended) {
        this.connection = connection;
        this.bounds = bounds;
        this.prefix = prefix;
        this.echoSubject = prefix + ".echo_" + UUID.randomUUID();
        this.owner = owner;
        this.ended = ended;
        this.dispatcher = connection.createDispatcher(this::handle);
        dispatcher.setPendingLimits(bounds.unread(), -1);
        dispatcher.subscribe(echoSubject);
    }

    /** A channel is one token, whatever dots it has, so that a permission for {@code PREFIX.*} covers all. */
    private String subject(Channel channel) {
        return prefix + "." + channel.name().replace('.', '_');
    }

    private void handle(Message message) {
        if (hasDropped()) {
            ended.complete("more came than this node could take");
        } else if (message.getSubject().equals(echoSubject)) {
            onEcho();
        } else {
            Subscription subscription = subscriptions.get(message.getSubject());
            if (subscription != null) {
                owner.received(this, subscription.channel, message.getData());
            }
        }
    }

    /**
     * jnats drops what comes while too much waits for the dispatcher's thread, and does not say between which messages. So nothing that
     * this thread finds after a drop is told: the session ends, and the next one tells of the loss.
     */
    private boolean hasDropped() {
        return dispatcher.getDroppedCount() > 0;
    }

    @Override
    public void subscribe(Channel channel) {
        String subject = subject(channel);
        Subscription fresh = new Subscription(channel);
        subscriptions.put(subject, fresh);
        if (isDone(() -> dispatcher.subscribe(subject))) {
            // What follows is there before the echo is sent: it never runs on this thread, under the link's lock.
            CompletableFuture<Void> answer = new CompletableFuture<>();
            CompletableFuture<Void> _ = answer.thenRun(() -> {
                fresh.isConfirmed = true;
                owner.confirmed(this, channel);
            });
            confirm(answer);
        }
    }

    @Override
    public boolean isConfirmed(Channel channel) {
        Subscription present = subscriptions.get(subject(channel));
        return present != null && present.isConfirmed;
    }

    @Override
    public void unsubscribe(Channel channel) {
        String subject = subject(channel);
        subscriptions.remove(subject);
        boolean _ = isDone(() -> dispatcher.unsubscribe(subject));
    }

    /** jnats says that a connection is over by an exception; the supervisor is told so by {@link #ended}. */
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

    @Override
    public CompletableFuture<Void> publish(Channel channel, byte[] bytes) {
        lock.lock();
        try {
            if (refusing) {
                return failed("the link moves to another NATS server; send again");
            }
            if (waitingBytes > 0 && waitingBytes + bytes.length > bounds.unconfirmedBytes()) {
                return failed("too much waits for NATS (" + waitingBytes + " bytes); send less, or later");
            }
            connection.publish(subject(channel), bytes);
            CompletableFuture<Void> confirmed = new CompletableFuture<>();
            add(bytes.length, confirmed);
            return confirmed;
        } catch (IllegalStateException | IllegalArgumentException e) {
            return failed("NATS did not take it: " + e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private static CompletableFuture<Void> failed(String why) {
        return CompletableFuture.failedFuture(new ClusterLinkException(why, false));
    }

    /** Has {@code answer} complete once the server has all that was sent before; it fails if the session is closed first. */
    private void confirm(CompletableFuture<Void> answer) {
        lock.lock();
        try {
            add(0, answer);
        } finally {
            lock.unlock();
        }
    }

    private void add(int bytes, CompletableFuture<Void> confirmed) {
        Sent sent = new Sent(bytes + OVERHEAD, confirmed);
        waitingBytes += sent.bytes();
        waiting.add(sent);
        sendEcho();
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

    /** Waits for the first echo. False if the session ends before, or after that time. */
    boolean answersWithin(Duration time) throws InterruptedException {
        CompletableFuture<Void> answered = new CompletableFuture<>();
        confirm(answered);
        try {
            CompletableFuture.anyOf(answered, ended).get(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.debug("NATS does not answer", e);
            ended.complete("it has not answered for more than " + time.toMillis() + " ms");
        }
        return !ended.isDone();
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

    @Override
    public Optional<String> end() {
        return ended.isDone() ? Optional.of(reason()) : Optional.empty();
    }

    /** Why it ended. */
    String reason() {
        return ended.getNow("the link was closed");
    }

    /** To use what the server has besides channels. */
    Connection connection() {
        return connection;
    }

    /** Takes no more publications; returns once the server has those that were sent, or the session ended, or that time is over. */
    void refuse(Duration time) throws InterruptedException {
        CountDownLatch quiet = new CountDownLatch(1);
        lock.lock();
        try {
            refusing = true;
        } finally {
            lock.unlock();
        }
        CompletableFuture<Void> left = new CompletableFuture<>();
        CompletableFuture<Void> _ = left.whenComplete((done, failure) -> quiet.countDown());
        confirm(left);
        boolean all = quiet.await(time.toNanos(), TimeUnit.NANOSECONDS);
        LOG.debug("left a NATS server with everything confirmed: {}", all);
    }

    /** The servers that this one knows. */
    List<String> servers() {
        return List.copyOf(connection.getServers());
    }

    /** Fails what waits, and closes the connection, without waiting for it. */
    void close(String why) {
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
        Thread.ofVirtual().name("nats-close").start(this::closeConnection);
    }

    private void closeConnection() {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
