package dev.signalbox.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.spring.SignalboxEndpoint.Operation;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;

/** What operators see of the queue, and what they can do. */
class ActuatorAutoConfigurationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path folder;

    private static ConfigurableApplicationContext application;

    @BeforeAll
    static void start() {
        application = ShopApplication.start(
                "jdbc:sqlite:" + folder.resolve("shop.db") + "?transaction_mode=IMMEDIATE",
                "management.endpoints.web.exposure.include=signalbox,health");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static void awaitSent(UUID id) {
        DeliveryQueue queue = application.getBean(DeliveryQueue.class);
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> queue.find(id).orElseThrow().state() == MessageState.SENT);
    }

    @Test
    void attemptsAndEndsAreCounted() {
        MeterRegistry meters = application.getBean(MeterRegistry.class);

        awaitSent(application.getBean(Shop.class).order("bread"));

        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(meters.get("signalbox.messages.ended")
                                .tags("channel", "sms", "state", "sent")
                                .counter()
                                .count())
                        .isPositive());
        assertThat(meters.get("signalbox.attempts")
                        .tags("channel", "sms", "result", "accepted")
                        .timer()
                        .count())
                .isPositive();
        assertThat(meters.get("signalbox.messages.latency").timer().count()).isPositive();
        assertThat(meters.get("signalbox.lane.paused")
                        .tag("channel", "sms")
                        .gauge()
                        .value())
                .isNotNaN();
    }

    @Test
    void aChannelIsPausedAndResumed() {
        SignalboxEndpoint endpoint = application.getBean(SignalboxEndpoint.class);

        assertThat(endpoint.change("sms", Operation.PAUSE, "provider is down"))
                .singleElement()
                .satisfies(pause -> {
                    assertThat(pause.channel()).isEqualTo("sms");
                    assertThat(pause.actor()).isEqualTo("actuator");
                    assertThat(pause.reason()).isEqualTo("provider is down");
                });
        UUID id = application.getBean(Shop.class).remark("held back");
        assertThat(endpoint.standing().lanes())
                .filteredOn(lane -> lane.channel().equals("sms"))
                .singleElement()
                .satisfies(lane -> assertThat(lane.pause()).isNotNull());
        assertThat(endpoint.standing().messages()).containsEntry(MessageState.PENDING, 1L);

        assertThat(endpoint.change("sms", Operation.RESUME, null)).isEmpty();
        awaitSent(id);
    }

    @Test
    void allChannelsAreOneWordAndOthersMustBeNames() {
        SignalboxEndpoint endpoint = application.getBean(SignalboxEndpoint.class);

        assertThat(endpoint.change("all", Operation.PAUSE, null))
                .extracting(SignalboxEndpoint.Pause::channel)
                .containsExactly("all");
        assertThat(endpoint.change("all", Operation.RESUME, null)).isEmpty();
        assertThatThrownBy(() -> endpoint.change("No Channel", Operation.PAUSE, null))
                .isInstanceOf(InvalidEndpointRequestException.class);
    }

    @Test
    void theDispatcherIsUp() {
        Health health = application.getBean(DispatcherHealthIndicator.class).health();

        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails()).containsKey("dispatch");
    }

    @Test
    void anObservedSenderIsTheSameSender() {
        assertThat(Arrays.stream(Sender.class.getMethods()).map(Method::getName))
                .as("methods of Sender that are passed on")
                .allSatisfy(name -> assertThat(Arrays.stream(WrappedSender.class.getDeclaredMethods())
                                .map(Method::getName))
                        .contains(name));
        var observed = new ObservedSender(new RecordingSender(), ObservationRegistry.create());
        assertThat(observed.timeout()).isEqualTo(Duration.ofSeconds(30));
    }
}
