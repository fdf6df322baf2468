package dev.signalbox.ha.peer;

import java.net.http.HttpClient;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches one peer over HTTP, and says whether this node should serve. <strong>Advisory</strong>: two nodes that have only each other
 * cannot tell a dead peer from a cut wire, so while the wire is cut both may serve, or with a witness neither. Where that must not
 * be, hold a lease. Thread-safe.
 */
public final class PeerMonitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerMonitor.class);

    private final String self;
    private final PeerOptions options;
    private final Look look;
    private final BooleanSupplier well;
    private final PeerListener listener;
    private final LongSupplier nanos;
    private final Damping damping;
    private volatile Mode mode = Mode.WAITING;
    private volatile @Nullable Sighting last;
    private @Nullable Thread thread;
    private boolean closed;

    PeerMonitor(
            String self,
            PeerOptions options,
            Look look,
            BooleanSupplier well,
            PeerListener listener,
            LongSupplier nanos) {
        this.self = self;
        this.options = options;
        this.look = look;
        this.well = well;
        this.listener = listener;
        this.nanos = nanos;
        this.damping = new Damping(options.patience());
    }

    /** One look at the peer. */
    @FunctionalInterface
    interface Look {
        Sighting look() throws InterruptedException;
    }

    /**
     * Makes a monitor, which waits until it is started.
     *
     * @param self this node's name, unlike the peer's
     * @param client for the looks; its TLS settings say whether certificates are verified. It stays the caller's to close
     * @param well whether this node can do its work; one that cannot never serves
     */
    public static PeerMonitor of(
            String self, PeerOptions options, HttpClient client, BooleanSupplier well, PeerListener listener) {
        return new PeerMonitor(self, options, new HttpLook(client, options)::look, well, listener, System::nanoTime);
    }

    /** Starts looking, at once and then each period. Idempotent; does nothing once closed. */
    public synchronized void start() {
        if (thread == null && !closed) {
            thread = Thread.ofVirtual().name("signalbox-peer").start(this::run);
        }
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                runOnce();
                TimeUnit.NANOSECONDS.sleep(options.period().toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One look, and what follows from it. */
    void runOnce() throws InterruptedException {
        Sighting seen = look.look();
        last = seen;
        Mode wish = isWell() ? PeerRules.wanted(self, mode, seen) : Mode.WAITING;
        Mode next = damping.next(wish, nanos.getAsLong());
        if (next != mode) {
            mode = next;
            LOG.info("this node is {} now, since {}", next, seen);
            tell(next, seen);
        }
    }

    /** A node that cannot say how it is counts as one that cannot do its work. */
    private boolean isWell() {
        try {
            return well.getAsBoolean();
        } catch (RuntimeException e) {
            LOG.error("this node's own check failed; it counts as not well", e);
            return false;
        }
    }

    private void tell(Mode next, Sighting seen) {
        try {
            listener.changed(next, seen);
        } catch (RuntimeException e) {
            LOG.error("a listener of the peer monitor failed; it goes on", e);
        }
    }

    public Mode mode() {
        return mode;
    }

    /** What the last look showed; empty before the first. */
    public Optional<Sighting> last() {
        return Optional.ofNullable(last);
    }

    /** What to answer the peer with when it looks at this node. */
    public PeerStatus status(InstantSource clock) {
        return new PeerStatus(isWell(), mode, clock.instant(), Optional.of(self));
    }

    /** Ends the looks; the mode stays as it is. Idempotent, also before a start. */
    @Override
    public synchronized void close() {
        closed = true;
        if (thread != null) {
            thread.interrupt();
        }
    }
}
