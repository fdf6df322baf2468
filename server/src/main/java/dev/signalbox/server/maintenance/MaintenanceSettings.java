package dev.signalbox.server.maintenance;

import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.maintenance.etcd.EtcdOptions;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.configuration.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Maintenance as configured. */
record MaintenanceSettings(
        MaintenanceOptions options,
        Duration announce,
        int disconnectsPerSecond,
        Optional<Path> file,
        boolean cluster,
        Optional<Secret> webhookSecret,
        Optional<Etcd> etcd) {

    /** Which key of which etcd; {@code ca} holds certificates to trust. */
    record Etcd(EtcdOptions options, Optional<Path> ca) {}

    static MaintenanceSettings read(Reading reading) {
        return new MaintenanceSettings(
                MaintenanceOptions.defaults()
                        .withRetryAfter(reading.get(MaintenanceKeys.RETRY_AFTER))
                        .withOnFailure(reading.get(MaintenanceKeys.ON_FAILURE)),
                reading.get(MaintenanceKeys.ANNOUNCE),
                reading.get(MaintenanceKeys.DISCONNECTS),
                reading.find(MaintenanceKeys.FILE),
                reading.get(MaintenanceKeys.CLUSTER),
                reading.find(MaintenanceKeys.WEBHOOK_SECRET).map(Secret::new),
                etcd(reading));
    }

    /** Reads every key, so that each mistake is named even without endpoints. */
    private static Optional<Etcd> etcd(Reading reading) {
        String key = reading.get(MaintenanceKeys.ETCD_KEY);
        Optional<String> user = reading.find(MaintenanceKeys.ETCD_USER);
        Optional<String> password = reading.find(MaintenanceKeys.ETCD_PASSWORD);
        Optional<Path> ca = reading.find(MaintenanceKeys.ETCD_CA);
        reading.check(
                user.isPresent() == password.isPresent(),
                MaintenanceKeys.ETCD_PASSWORD,
                "goes with " + MaintenanceKeys.ETCD_USER.path() + ": set both or none");
        return reading.find(MaintenanceKeys.ETCD).map(endpoints -> {
            EtcdOptions options = EtcdOptions.of(key, endpoints.toArray(URI[]::new));
            return new Etcd(
                    user.isPresent() && password.isPresent() ? options.withUser(user.get(), password.get()) : options,
                    ca);
        });
    }
}
