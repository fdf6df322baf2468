package dev.signalbox.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;

/** A node in maintenance is alive, refuses traffic and sends nothing. */
class MaintenanceAutoConfigurationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private ConfigurableApplicationContext start(String... properties) {
        return ShopApplication.start(
                "jdbc:sqlite:" + folder.resolve("shop.db") + "?transaction_mode=IMMEDIATE", properties);
    }

    @Test
    void aNodeGoesAndComesBack() throws InterruptedException {
        try (ConfigurableApplicationContext application = start()) {
            Maintenance maintenance = application.getBean(Maintenance.class);
            var availability = application.getBean(ApplicationAvailability.class);
            var health = application.getBean(MaintenanceHealthIndicator.class);
            DeliveryQueue queue = application.getBean(DeliveryQueue.class);
            assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);

            maintenance.enter(Signal.of("ops", "upgrade"));
            assertThat(maintenance.await(Admission.CLOSED, PATIENCE)).isTrue();

            AvailabilityChangeEvent.publish(application, ReadinessState.ACCEPTING_TRAFFIC);
            assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
            assertThat(availability.getLivenessState()).isEqualTo(LivenessState.CORRECT);
            assertThat(health.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
            assertThat(health.health().getDetails().toString()).contains("upgrade");
            assertThat(application.getBean(Dispatcher.class).state()).isEqualTo(Dispatcher.DispatchState.PAUSED);
            UUID id = application.getBean(Shop.class).order("bread");
            application.getBean(DispatcherLifecycle.class).start();
            assertThat(application.getBean(Dispatcher.class).state()).isEqualTo(Dispatcher.DispatchState.PAUSED);
            assertThat(queue.find(id).orElseThrow().state()).isEqualTo(MessageState.PENDING);

            maintenance.leave();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> queue.find(id).orElseThrow().state() == MessageState.SENT);
            assertThat(maintenance.await(Admission.OPEN, PATIENCE)).isTrue();
            assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
        }
    }

    @Test
    void aFileIsASignal() throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("maintenance"), "on\nreason: upgrade");
        try (ConfigurableApplicationContext application = start("signalbox.maintenance.file=" + file)) {
            Maintenance maintenance = application.getBean(Maintenance.class);

            assertThat(maintenance.await(Admission.CLOSED, PATIENCE)).isTrue();
            Files.delete(file);
            assertThat(maintenance.await(Admission.OPEN, PATIENCE)).isTrue();
        }
    }
}
