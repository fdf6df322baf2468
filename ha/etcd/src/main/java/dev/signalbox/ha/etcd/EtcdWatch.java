package dev.signalbox.ha.etcd;

import dev.signalbox.ha.lease.LeaseStore.Watch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Watches a key from now on, again and again: however a watch ends (a restart, an election, a compaction, a proxy), the next one begins
 * a second later, and its first line counts as a change since there may have been one in between. Thread-safe.
 */
final class EtcdWatch implements Watch {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdWatch.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Gateway gateway;
    private final ObjectNode request;
    private final Runnable changed;
    private final Thread thread;

    private EtcdWatch(Gateway gateway, String key, Runnable changed) {
        this.gateway = gateway;
        this.request = Gateway.JSON.createObjectNode();
        request.putObject("create_request").put("key", Transaction.base64(key));
        this.changed = changed;
        this.thread = Thread.ofVirtual().name("signalbox-lease-watch").unstarted(this::run);
    }

    static EtcdWatch start(Gateway gateway, String key, Runnable changed) {
        EtcdWatch watch = new EtcdWatch(gateway, key, changed);
        watch.thread.start();
        return watch;
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                watchOnce();
                TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watchOnce() throws InterruptedException {
        try (Stream<String> lines = gateway.lines("/v3/watch", request)) {
            lines.forEach(line -> changed.run());
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("a watch of etcd ended and is begun again", e);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
