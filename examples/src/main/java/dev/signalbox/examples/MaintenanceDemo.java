package dev.signalbox.examples;

import dev.signalbox.maintenance.control.FileSignals;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.maintenance.control.SignalSource;
import dev.signalbox.maintenance.etcd.EtcdOptions;
import dev.signalbox.maintenance.etcd.EtcdSignals;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * What the examples of maintenance share when they are run. With {@code ETCD_ENDPOINTS} they watch the key {@code ETCD_KEY} (by default
 * {@code /maintenance/my-service}), otherwise the file {@code maintenance} in the current folder. Ctrl-C drains and ends them.
 */
final class MaintenanceDemo {
    private MaintenanceDemo() {}

    static Maintenance start() {
        Maintenance maintenance = Maintenance.start(MaintenanceOptions.defaults());
        var _ = maintenance.subscribe(event -> true, event -> System.out.println(event.source() + ": " + event.what()));
        maintenance.add(source(System.getenv()));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(maintenance), "drain"));
        return maintenance;
    }

    static SignalSource source(Map<String, String> environment) {
        String etcd = environment.get("ETCD_ENDPOINTS");
        if (etcd == null) {
            System.out.println("echo on >maintenance starts maintenance, rm maintenance ends it");
            return FileSignals.at("file", Path.of("maintenance"));
        }
        String key = environment.getOrDefault("ETCD_KEY", "/maintenance/my-service");
        System.out.println("etcdctl put " + key + " true starts maintenance, etcdctl del " + key + " ends it");
        return EtcdSignals.watching("etcd", HttpClient.newHttpClient(), EtcdOptions.of(key, URI.create(etcd)));
    }

    private static void drain(Maintenance maintenance) {
        try {
            maintenance.shutdown(Duration.ofSeconds(30)).ifPresent(report -> System.out.println("stopped: " + report));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Does something each second until the program ends, and tells how it went. */
    static void eachSecond(Callable<?> work) throws InterruptedException {
        while (true) {
            try {
                System.out.println(work.call());
            } catch (Exception refused) {
                System.out.println("refused: " + refused.getMessage());
            }
            TimeUnit.SECONDS.sleep(1);
        }
    }
}
