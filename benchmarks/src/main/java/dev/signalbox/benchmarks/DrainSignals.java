package dev.signalbox.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.maintenance.control.AdmissionGate;
import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.FileSignals;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.maintenance.control.Phase;
import dev.signalbox.maintenance.control.SharedSignals;
import dev.signalbox.maintenance.control.Signal;
import dev.signalbox.maintenance.control.SignalSource;
import dev.signalbox.maintenance.control.WebhookSignals;
import dev.signalbox.maintenance.database.DatabaseSignals;
import dev.signalbox.maintenance.etcd.EtcdOptions;
import dev.signalbox.maintenance.etcd.EtcdSignals;
import dev.signalbox.testing.services.RealEtcd;
import dev.signalbox.testing.services.RealPostgres;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** From a signal that is given until the gate is closed, over one source. */
final class DrainSignals implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final byte[] SECRET = "a-secret-of-the-benchmark-only".getBytes(UTF_8);

    /** Gives a signal or takes it back. */
    @FunctionalInterface
    private interface Giving {
        void give(boolean on) throws Exception;
    }

    private final String system;
    private final Giving giving;
    private final AutoCloseable resource;
    private final Maintenance maintenance = Maintenance.start(MaintenanceOptions.defaults());
    private final AdmissionGate gate = new AdmissionGate();

    private DrainSignals(String system, SignalSource source, Giving giving, AutoCloseable resource) {
        this.system = system;
        this.giving = giving;
        this.resource = resource;
        maintenance.add(Drainable.of("work", Phase.INTAKE, PATIENCE, gate));
        maintenance.add(source);
    }

    static List<DrainSignals> all() throws Exception {
        return List.of(etcd(), webhook(), database(), file());
    }

    private static DrainSignals shared(String system, SharedSignals signals, AutoCloseable resource) {
        return new DrainSignals(
                system,
                signals,
                on -> {
                    if (on) {
                        signals.publish(Signal.of("bench", "measure"));
                    } else {
                        signals.withdraw();
                    }
                },
                resource);
    }

    private static DrainSignals etcd() {
        RealEtcd etcd = RealEtcd.start();
        HttpClient http = HttpClient.newHttpClient();
        return shared(
                "etcd", EtcdSignals.watching("etcd", http, EtcdOptions.of("/maintenance/bench", etcd.url())), () -> {
                    http.shutdownNow();
                    etcd.close();
                });
    }

    private static DrainSignals database() {
        RealPostgres postgres = RealPostgres.start();
        Database database = Database.open(DatabaseConfig.of(postgres.freshDatabase()));
        return shared("postgresql", DatabaseSignals.open(database, "bench"), () -> {
            database.close();
            postgres.close();
        });
    }

    private static DrainSignals file() throws Exception {
        Path folder = Files.createTempDirectory("signalbox-bench");
        Path file = folder.resolve("maintenance");
        return shared("file", FileSignals.at("file", file), () -> {
            Files.deleteIfExists(file);
            Files.delete(folder);
        });
    }

    /** Its times are whole seconds, so each request needs a clock that is a second later. */
    private static DrainSignals webhook() {
        long[] second = {Instant.now().getEpochSecond()};
        InstantSource clock = () -> Instant.ofEpochSecond(second[0]);
        WebhookSignals webhook = WebhookSignals.signedWith("webhook", SECRET, clock);
        return new DrainSignals(
                "webhook",
                webhook,
                on -> {
                    second[0]++;
                    String time = Long.toString(second[0]);
                    String body = on ? "on" : "off";
                    if (!webhook.receive(
                            "id-" + time, time, signature("id-" + time, time, body), body.getBytes(UTF_8))) {
                        throw new IllegalStateException("a signed request had no effect");
                    }
                },
                () -> {});
    }

    private static String signature(String id, String time, String body) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
        return "v1," + Base64.getEncoder().encodeToString(mac.doFinal((id + "." + time + "." + body).getBytes(UTF_8)));
    }

    List<Sample> measure(Duration duration) throws Exception {
        Percentiles closing = new Percentiles();
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end || closing.count() < 3) {
            long given = System.nanoTime();
            giving.give(true);
            while (!gate.isClosed()) {
                Thread.onSpinWait();
                if (System.nanoTime() - given > PATIENCE.toNanos()) {
                    throw new IllegalStateException("a signal over " + system + " had no effect");
                }
            }
            closing.add(System.nanoTime() - given);
            become(Admission.CLOSED);
            giving.give(false);
            become(Admission.OPEN);
        }
        return closing.samples("signal to closed gate", system);
    }

    private void become(Admission wanted) throws InterruptedException {
        if (!maintenance.await(wanted, PATIENCE)) {
            throw new IllegalStateException("the node did not become " + wanted + " over " + system);
        }
    }

    @Override
    public void close() throws Exception {
        maintenance.close();
        resource.close();
    }
}
