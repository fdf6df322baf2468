package dev.signalbox.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.ClusterLimits;
import dev.signalbox.delivery.queue.QuietHours;
import dev.signalbox.delivery.queue.QuietTimes;
import dev.signalbox.delivery.queue.Rate;
import dev.signalbox.server.SignalboxCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the limits of the cluster are configured. */
class DeliveryLimitsTest {
    private static final Duration USUAL = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    private DeliverySettings settings(Map<String, String> environment, String... given) {
        List<String> all = new ArrayList<>(List.of(given));
        all.add("data.folder=" + folder);
        return SignalboxCommand.FEATURES
                .load(Optional.empty(), environment, all)
                .values(DeliverySettings::read);
    }

    private ClusterLimits limits(String... given) {
        return settings(Map.of(), given).dispatch().limits();
    }

    @Test
    void nothingIsLimitedByItself() {
        assertThat(limits()).isEqualTo(ClusterLimits.NONE);
        assertThat(settings(Map.of()).dispatch().breaker()).isEqualTo(10);
    }

    @Test
    void limitsAreByChannel() {
        ClusterLimits limits = limits(
                "delivery.rates.sms=10/1s",
                "delivery.rates.email=1000 / 1h",
                "delivery.recipient-rates.sms=3/1d",
                "delivery.cluster-concurrency.sms=8");
        assertThat(limits.rates())
                .isEqualTo(Map.of(
                        Channel.SMS, new Rate(10, Duration.ofSeconds(1)),
                        Channel.EMAIL, new Rate(1_000, Duration.ofHours(1))));
        assertThat(limits.recipients()).isEqualTo(Map.of(Channel.SMS, new Rate(3, Duration.ofDays(1))));
        assertThat(limits.concurrency()).isEqualTo(Map.of(Channel.SMS, 8));
        assertThat(limits.pace()).isEmpty();
    }

    @Test
    void eitherOfItsKeysPacesWithTheSeedsDefaultForTheOther() {
        assertThat(limits("delivery.pace.messages=5").pace()).contains(new Rate(5, USUAL));
        assertThat(limits("delivery.pace.interval=30s").pace()).contains(new Rate(2, Duration.ofSeconds(30)));
        assertThat(settings(Map.of("BATCH_SIZE", "7")).dispatch().limits().pace())
                .contains(new Rate(7, USUAL));
    }

    @Test
    void quietHoursAreByChannelAndTransactionalMessagesAreExempt() {
        QuietTimes quiet = settings(Map.of(), "delivery.quiet-hours.sms=22:00-07:00 Europe/Berlin")
                .dispatch()
                .quiet();
        assertThat(quiet.channels())
                .isEqualTo(Map.of(
                        Channel.SMS,
                        new QuietTimes.Usual(QuietHours.parse("22:00-07:00"), ZoneId.of("Europe/Berlin"))));
        assertThat(quiet.exempt()).containsExactly("transactional");
        assertThat(settings(Map.of(), "delivery.quiet-hours-exempt=Alarm code")
                        .dispatch()
                        .quiet()
                        .exempt())
                .containsExactlyInAnyOrder("alarm", "code");
        assertThatThrownBy(() -> settings(Map.of(), "delivery.quiet-hours.sms=22:00-07:00"))
                .hasMessageContaining("delivery.quiet-hours.sms")
                .hasMessageContaining("such as 22:00-07:00 Europe/Berlin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10", "0/1s", "1/0s", "ten/1s", "1/32d", "1/2/3", ""})
    void wrongRatesAreToldByTheirKey(String rate) {
        assertThatThrownBy(() -> limits("delivery.rates.sms=" + rate))
                .hasMessageContaining("delivery.rates.sms")
                .hasMessageContaining("such as 10/1s");
    }
}
