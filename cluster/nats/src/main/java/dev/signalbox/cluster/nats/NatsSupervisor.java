package dev.signalbox.cluster.nats;

import dev.signalbox.router.ClusterLink.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a session with a server, one after another, on a thread of its own: a session that ends, falls silent or is to leave is replaced. */
final class NatsSupervisor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NatsSupervisor.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    /** For so long a server that is to be left may take to confirm what it has. */
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private final NatsLinkOptions options;
    private final NatsBounds bounds;
    private final NatsConnector connector;
    private final Owner owner;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    /** What the sessions are for. Called on the supervisor's thread, or on those of the connections; must not block. */
    interface Owner {
        /** From now on this session counts, and no other. */
        void use(NatsSession session);

        /** There is no server that takes this node. */
        void down(String reason);

        void ended(NatsSession session, String reason);

        /** Something was published. Never told to an owner that subscribes to nothing. */
        default void received(NatsSession session, Channel channel, byte[] bytes) {}

        /** The server has the subscription. */
        default void confirmed(NatsSession session, Channel channel) {}
    }

    private NatsSupervisor(NatsLinkOptions options, NatsBounds bounds, Owner owner) {
        this.options = options;
        this.bounds = bounds;
        this.owner = owner;
        this.connector = new NatsConnector(options);
        this.thread = Thread.ofVirtual().name("nats-link").unstarted(this::run);
    }

    static NatsSupervisor start(NatsLinkOptions options, NatsBounds bounds, Owner owner) {
        NatsSupervisor made = new NatsSupervisor(options, bounds, owner);
        made.thread.start();
        return made;
    }

    private boolean isClosed() {
        return closing.getCount() == 0;
    }

    private void run() {
        try {
            Duration pause = FIRST_PAUSE;
            Supervised session = null;
            while (!isClosed()) {
                session = session == null ? connect() : session;
                if (session == null) {
                    rest(pause);
                    pause = longer(pause);
                } else {
                    pause = FIRST_PAUSE;
                    session = serve(session);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("the link ends", e); // Only close() interrupts.
        }
    }

    private record Supervised(NatsSession session, NatsConnector.Signals signals) {}

    /** Null if no server can be had; that is told. */
    private @Nullable Supervised connect() throws InterruptedException {
        try {
            return open();
        } catch (IOException | IllegalStateException e) {
            down("NATS cannot be reached at " + connector.where() + ": " + e.getMessage());
            return null;
        } catch (RuntimeException e) {
            fault(e);
            return null;
        }
    }

    private void fault(RuntimeException e) {
        LOG.error("a link to NATS has a fault; it tries again", e);
        down("the link has a fault: " + e);
    }

    private void down(String reason) {
        LOG.info("{}", reason);
        owner.down(reason);
    }

    /** @throws IOException if no server takes this node and answers it */
    private Supervised open() throws IOException, InterruptedException {
        NatsConnector.Signals signals = new NatsConnector.Signals();
        NatsSession session =
                new NatsSession(connector.connect(signals), bounds, options.prefix(), owner, signals.ended());
        boolean answers = false;
        try {
            // A server that lets this user in may still refuse what it publishes or subscribes to.
            answers = session.answersWithin(options.silence());
        } finally {
            if (!answers) {
                session.close(session.reason());
            }
        }
        if (!answers) {
            throw new IOException(session.end().orElse("it does not answer"));
        }
        return new Supervised(session, signals);
    }

    private void rest(Duration pause) throws InterruptedException {
        long most = pause.toNanos();
        boolean closed = closing.await(ThreadLocalRandom.current().nextLong(most / 2, most), TimeUnit.NANOSECONDS);
        LOG.debug("{}", closed ? "the link ends" : "connecting to NATS again");
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    /** Uses the session until it ends; returns the one to go on with, if its server asked us to leave. */
    private @Nullable Supervised serve(Supervised serving) throws InterruptedException {
        NatsSession session = serving.session();
        Duration beat = options.silence().dividedBy(3);
        try {
            owner.use(session);
            connector.learn(session.servers());
            while (!session.endsWithin(beat)) {
                session.beat(options.silence());
                Supervised next = serving.signals().lameDuck().get() ? leave(session) : null;
                if (next != null) {
                    return next;
                }
            }
            String reason = "NATS at " + connector.where() + ": " + session.reason();
            LOG.info("{}", reason);
            owner.ended(session, reason);
            return null;
        } catch (RuntimeException e) {
            fault(e);
            rest(LONGEST_PAUSE);
            return null;
        } finally {
            session.close(session.reason());
        }
    }

    /** Finds another server first, as a lame duck serves on for a while; null if there is none yet. */
    private @Nullable Supervised leave(NatsSession lame) throws InterruptedException {
        try {
            Supervised next = open();
            lame.refuse(FAREWELL);
            return next;
        } catch (IOException | IllegalStateException e) {
            LOG.debug("NATS at {} is to be left, and no other server takes this node yet", connector.where(), e);
            return null;
        }
    }

    /** Waits for the thread. */
    @Override
    public void close() {
        closing.countDown();
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
