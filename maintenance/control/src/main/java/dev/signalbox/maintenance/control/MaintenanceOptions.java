package dev.signalbox.maintenance.control;

import java.time.Duration;

/**
 * How a node drains. Immutable; start from {@link #defaults()}.
 *
 * @param onFailure what follows when a participant fails; default {@link FailurePolicy#GO_ON}
 * @param retryAfter what refused callers are told if the maintenance has no end; 1 s to 1 day, default 30 s
 * @param reports how many reports are kept, the oldest is forgotten; 1 to 1,000, default 20
 */
public record MaintenanceOptions(FailurePolicy onFailure, Duration retryAfter, int reports) {
    private static final MaintenanceOptions DEFAULTS =
            new MaintenanceOptions(FailurePolicy.GO_ON, Duration.ofSeconds(30), 20);

    /** Checks the ranges. @throws IllegalArgumentException naming the option that is out of its range */
    public MaintenanceOptions {
        if (retryAfter.compareTo(Duration.ofSeconds(1)) < 0 || retryAfter.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("retryAfter must be 1 s to 1 day, not " + retryAfter);
        }
        if (reports < 1 || reports > 1000) {
            throw new IllegalArgumentException("reports must be 1 to 1000, not " + reports);
        }
    }

    public static MaintenanceOptions defaults() {
        return DEFAULTS;
    }

    public MaintenanceOptions withOnFailure(FailurePolicy changed) {
        return new MaintenanceOptions(changed, retryAfter, reports);
    }

    public MaintenanceOptions withRetryAfter(Duration changed) {
        return new MaintenanceOptions(onFailure, changed, reports);
    }

    public MaintenanceOptions withReports(int changed) {
        return new MaintenanceOptions(onFailure, retryAfter, changed);
    }
}
