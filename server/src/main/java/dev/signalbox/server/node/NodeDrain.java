package dev.signalbox.server.node;

import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** How a node drains; made when it is first asked for. Confined to the thread that starts the server. */
final class NodeDrain {
    private static final Duration LEAST = Duration.ofMillis(1);

    private final NodeSettings settings;
    private final Closing closing;
    private final InstantSource clock;
    private final RequestGate requests = new RequestGate(() -> maintenance().retryAfter());
    private @Nullable Maintenance maintenance;
    private MaintenanceOptions options = MaintenanceOptions.defaults();
    private int disconnectsPerSecond = 500;

    NodeDrain(NodeSettings settings, Closing closing, InstantSource clock) {
        this.settings = settings;
        this.closing = closing;
        this.clock = clock;
    }

    /** Before it is first asked for. */
    void set(MaintenanceOptions other, int disconnects) {
        options = other;
        disconnectsPerSecond = disconnects;
    }

    Maintenance maintenance() {
        Maintenance made = maintenance;
        if (made == null) {
            made = closing.add(Maintenance.start(options, clock));
            made.add(requests.drainable(deadline()));
            maintenance = made;
        }
        return made;
    }

    /** What the requests of the control plane pass. */
    RequestGate requests() {
        return requests;
    }

    /** How long what is under way may take to end. */
    Duration deadline() {
        return settings.shutdownTimeout().compareTo(LEAST) < 0 ? LEAST : settings.shutdownTimeout();
    }

    /** Clients that are told to connect elsewhere. */
    int disconnectsPerSecond() {
        return disconnectsPerSecond;
    }
}
