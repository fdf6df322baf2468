package dev.signalbox.spring;

import dev.signalbox.maintenance.control.FailurePolicy;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Maintenance of this node.
 *
 * @param enabled Whether there is a Maintenance.
 * @param file File that puts this node into maintenance while its first line is "on". Its folder has to be there.
 * @param onFailure What follows when a participant of a drain fails.
 * @param retryAfter What refused callers are told to wait, if the maintenance has no end.
 */
@ConfigurationProperties("signalbox.maintenance")
record MaintenanceProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable Path file,
        @DefaultValue("go-on") FailurePolicy onFailure,
        @DefaultValue("30s") Duration retryAfter) {

    MaintenanceOptions options() {
        return MaintenanceOptions.defaults().withOnFailure(onFailure).withRetryAfter(retryAfter);
    }
}
