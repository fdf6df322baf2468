package dev.signalbox.maintenance.etcd;

import dev.signalbox.maintenance.control.SharedSignals;
import dev.signalbox.maintenance.control.Signal;
import dev.signalbox.maintenance.control.SignalSourceException;
import dev.signalbox.maintenance.control.SignalText;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A key of etcd is the signal, for all that watch it: {@code etcdctl put /maintenance/my-service true}. A missing key is off.
 * Thread-safe.
 *
 * <p>A watch only wakes; the key itself is read after each change, and every {@link #POLL} besides. So nothing depends on a
 * watch that lives: one that ends with a restart, a compaction or a lost leader is made again, and what it missed is found by
 * reading. While etcd cannot be read, the source is lost, and its last word holds.
 */
public final class EtcdSignals implements SharedSignals {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdSignals.class);

    /** How long a change may take to be noticed while no watch works. */
    public static final Duration POLL = Duration.ofSeconds(2);

    private static final Duration WATCH_AGAIN = Duration.ofMillis(500);

    private final String name;
    private final EtcdGateway etcd;
    private final ReentrantLock telling = new ReentrantLock();
    private final Semaphore changes = new Semaphore(0);
    private @Nullable Thread reader;
    private @Nullable Thread watcher;
    private volatile boolean closed;

    @FunctionalInterface
    private interface Request {
        void send() throws IOException, InterruptedException;
    }

    private EtcdSignals(String name, EtcdGateway etcd) {
        this.name = name;
        this.etcd = etcd;
    }

    /**
     * A source by that name; connects once it is started.
     *
     * @param client with the TLS context that trusts etcd's certificates; stays the caller's to close
     */
    public static EtcdSignals watching(String name, HttpClient client, EtcdOptions options) {
        return new EtcdSignals(name, new EtcdGateway(client, options));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void start(Listener listener) {
        reader = Thread.ofVirtual().name("signalbox-signals-" + name).start(() -> read(listener));
        watcher = Thread.ofVirtual().name("signalbox-watch-" + name).start(this::watch);
    }

    private void read(Listener listener) {
        try {
            while (!closed) {
                changes.drainPermits();
                look(listener);
                var _ = changes.tryAcquire(POLL.toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(Listener listener) throws InterruptedException {
        try {
            Optional<Signal> found = etcd.get().flatMap(text -> SignalText.parse(text, name));
            tell(() -> listener.says(found));
        } catch (IOException e) {
            tell(() -> listener.lost("etcd cannot be read: " + e));
        }
    }

    /** Ends and begins again with each connection. Failing is not told here: reading fails, too, and tells. */
    private void watch() {
        try {
            while (!closed) {
                try {
                    etcd.watch(changes::release);
                } catch (IOException | RuntimeException e) {
                    LOG.debug("the watch of {} ended; it begins again", name, e);
                }
                TimeUnit.NANOSECONDS.sleep(WATCH_AGAIN.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(Runnable word) {
        telling.lock();
        try {
            if (!closed) {
                word.run();
            }
        } finally {
            telling.unlock();
        }
    }

    @Override
    public void publish(Signal signal) {
        write(() -> etcd.put(SignalText.format(signal)));
    }

    @Override
    public void withdraw() {
        write(etcd::delete);
    }

    private static void write(Request request) {
        try {
            request.send();
        } catch (IOException e) {
            throw new SignalSourceException("the signal cannot be written to etcd: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SignalSourceException("interrupted while writing the signal to etcd", e);
        }
    }

    @Override
    public void close() {
        telling.lock();
        try {
            closed = true;
        } finally {
            telling.unlock();
        }
        Optional.ofNullable(reader).ifPresent(Thread::interrupt);
        Optional.ofNullable(watcher).ifPresent(Thread::interrupt);
    }
}
