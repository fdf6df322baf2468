package dev.signalbox.server.systemd;

import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Node;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where systemd runs the server as a service of {@code Type=notify}, tells it when the server is ready and when it stops, and, with
 * {@code WatchdogSec=}, that it is alive. The environment says where and how often, as in sd_notify(3); without it, nothing happens.
 */
public final class SystemdFeature implements Feature {
    private static final Logger LOG = LoggerFactory.getLogger(SystemdFeature.class);

    private final Map<String, String> environment;

    public SystemdFeature() {
        this(System.getenv());
    }

    SystemdFeature(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public String name() {
        return "systemd";
    }

    @Override
    public Part configure(Reading reading) {
        return node -> Optional.ofNullable(environment.get("NOTIFY_SOCKET")).ifPresent(address -> start(node, address));
    }

    private void start(Node node, String address) {
        if (!System.getProperty("os.name").equals("Linux")) {
            LOG.warn(
                    "NOTIFY_SOCKET is set, and only on Linux does it mean anything: nobody is told that the server is ready");
            return;
        }
        node.whenReady(() -> tell(address, "READY=1"));
        node.whenStopping(() -> tell(address, "STOPPING=1"));
        watchdog().ifPresent(interval -> node.whenReady(() -> node.closing(keepTelling(address, interval))));
    }

    /** Half of the time after which systemd would kill the process. */
    private Optional<Duration> watchdog() {
        String own = Long.toString(ProcessHandle.current().pid());
        return Optional.ofNullable(environment.get("WATCHDOG_USEC"))
                .filter(time -> environment.getOrDefault("WATCHDOG_PID", own).equals(own))
                .map(time ->
                        Duration.of(Long.parseLong(time), ChronoUnit.MICROS).dividedBy(2));
    }

    /** On a virtual thread, so that it stops when no such thread gets to run any more, which would stop all of the server's work. */
    private static AutoCloseable keepTelling(String address, Duration interval) {
        Thread thread = Thread.ofVirtual().name("signalbox-watchdog").start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                tell(address, "WATCHDOG=1");
                rest(interval);
            }
        });
        return thread::interrupt;
    }

    private static void rest(Duration interval) {
        try {
            TimeUnit.NANOSECONDS.sleep(interval.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void tell(String address, String state) {
        try {
            NotifySocket.send(address, state);
        } catch (IOException e) {
            LOG.warn("systemd was not told {}: {}", state, FailureText.of(e));
        }
    }
}
