package dev.signalbox.server.systemd;

import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.node.Node;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells systemd. Apart from the feature, since every command makes features, and only a server loads the logging. Thread-safe. */
final class ServiceManager {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

    /** Up to three years; an hour has ten digits. */
    private static final Pattern MICROS = Pattern.compile("[1-9]\\d{0,13}");

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

    /** Half of the time after which systemd would kill the process; empty if it does not watch this one. */
    private Optional<Duration> watchdog() {
        String own = Long.toString(ProcessHandle.current().pid());
        return Optional.ofNullable(environment.get("WATCHDOG_USEC"))
                .filter(time -> environment.getOrDefault("WATCHDOG_PID", own).equals(own))
                .flatMap(ServiceManager::half);
    }

    /** Empty for a value that is not a positive number, which sd_watchdog_enabled(3) rejects, too. */
    private static Optional<Duration> half(String micros) {
        if (MICROS.matcher(micros).matches()) {
            return Optional.of(
                    Duration.of(Long.parseLong(micros), ChronoUnit.MICROS).dividedBy(2));
        }
        LOG.warn(
                "WATCHDOG_USEC is not a number of microseconds from 1 on: systemd is not told that the server is alive");
        return Optional.empty();
    }

    /** On a virtual thread: if those are starved, the server does no work, and systemd is to restart it. */
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
