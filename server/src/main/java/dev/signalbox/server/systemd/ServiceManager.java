package dev.signalbox.server.systemd;

import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.node.Node;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The systemd that is told, apart from the feature, because every command makes the features and none but a server logs. Thread-safe. */
final class ServiceManager {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

    private final String address;
    private final Map<String, String> environment;

    ServiceManager(String address, Map<String, String> environment) {
        this.address = address;
        this.environment = environment;
    }

    void follow(Node node) {
        if (!System.getProperty("os.name").equals("Linux")) {
            LOG.warn(
                    "NOTIFY_SOCKET is set, and only on Linux does it mean anything: nobody is told that the server is ready");
            return;
        }
        node.whenReady(() -> tell("READY=1"));
        node.whenStopping(() -> tell("STOPPING=1"));
        watchdog().ifPresent(interval -> node.whenReady(() -> node.closing(keepTelling(interval))));
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
    private AutoCloseable keepTelling(Duration interval) {
        Thread thread = Thread.ofVirtual().name("signalbox-watchdog").start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                tell("WATCHDOG=1");
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

    private void tell(String state) {
        try {
            NotifySocket.send(address, state);
        } catch (IOException e) {
            LOG.warn("systemd was not told {}: {}", state, FailureText.of(e));
        }
    }
}
