package dev.signalbox.maintenance.http;

import dev.signalbox.maintenance.control.AdmissionGate;
import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.Phase;
import java.nio.charset.StandardCharsets;

/**
 * The gate before an HTTP server, for a {@link MaintenanceFilter} or a {@link MaintenanceServletFilter}. During maintenance a
 * request is answered with 503 and {@code Retry-After} before any of it is handled, so the client knows that nothing was done.
 * Thread-safe.
 */
public final class HttpGate {
    static final int UNAVAILABLE = 503;
    static final String TYPE = "application/json";
    static final byte[] BODY =
            "{\"error\":\"Service Unavailable\",\"message\":\"This service is in maintenance; try again later\",\"code\":503}"
                    .getBytes(StandardCharsets.UTF_8);

    private final AdmissionGate gate = new AdmissionGate();
    private final Maintenance maintenance;
    private final HttpGateOptions options;
    private final Drainable drainable;

    private HttpGate(Maintenance maintenance, HttpGateOptions options) {
        this.maintenance = maintenance;
        this.options = options;
        this.drainable = Drainable.of(options.name(), Phase.INTAKE, options.deadline(), gate);
    }

    /**
     * A gate that takes part in a maintenance from now on, in the phase {@link Phase#INTAKE}.
     *
     * @throws IllegalArgumentException if the name is taken there
     */
    public static HttpGate join(Maintenance maintenance, HttpGateOptions options) {
        HttpGate made = new HttpGate(maintenance, options);
        maintenance.add(made.drainable);
        return made;
    }

    Drainable drainable() {
        return drainable;
    }

    boolean skips(String path) {
        return options.skipPaths().contains(path);
    }

    boolean enter() {
        return gate.enter();
    }

    void leave() {
        gate.leave();
    }

    /** In seconds, for the header of that name; rounded up. */
    String retryAfter() {
        return Long.toString(maintenance.retryAfter().plusMillis(999).toSeconds());
    }

    /** How many requests are being handled. */
    public long underWay() {
        return gate.inside();
    }

    /** How many were refused since the start. */
    public long refused() {
        return gate.refused();
    }
}
