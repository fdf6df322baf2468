package dev.signalbox.server.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.exec.ExecException;
import dev.signalbox.exec.ExecListener;
import dev.signalbox.exec.ExecListener.Outcome;
import dev.signalbox.exec.ExecSupport;
import dev.signalbox.exec.Exit;
import dev.signalbox.exec.ResourceLimit;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.configuration.ConfigException;
import dev.signalbox.server.node.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Health, metrics and limits of commands, where a whole server would show no more. */
class ExecFeatureTest {
    @Test
    void healthIsDegradedWithTheReasonWhereThereAreNoProcessGroups() {
        Health.Report report = ExecFeature.health(() -> new ExecSupport(false, "native access is denied"));
        assertThat(report.health()).isEqualTo(Health.DEGRADED);
        assertThat(report.reason()).endsWith("processes behind: native access is denied");
        assertThat(ExecFeature.health(() -> new ExecSupport(true, "Linux"))).isEqualTo(Health.Report.WELL);
    }

    @Test
    void healthIsDegradedWhileItCannotBeTold() {
        Health.Report report = ExecFeature.health(() -> {
            throw new ExecException("no descriptors are left");
        });
        assertThat(report).isEqualTo(Health.Report.degraded("no descriptors are left"));
    }

    @Test
    void anEndThatNobodyKnowsIsNoFailure() {
        var registry = new SimpleMeterRegistry();
        ExecListener listener = new ExecMetrics(registry).apply("say");
        listener.started("say", 1);
        listener.ended("say", Outcome.EXITED, new Exit.Unknown(), Duration.ZERO);
        assertThat(registry.get("signalbox.exec.ended")
                        .tag("outcome", "unknown")
                        .counter()
                        .count())
                .isOne();
        assertThat(registry.find("signalbox.exec.ended")
                        .tag("outcome", "failure")
                        .counter())
                .isNull();
    }

    @Test
    void limitsAreReadInTheirUnits() {
        Map<ResourceLimit, Long> limits = SignalboxCommand.FEATURES
                .load(Optional.empty(), Map.of(), List.of("delivery.exec.limits= cpu-seconds=10  memory-bytes=1MiB "))
                .values(reading -> reading.get(ExecKeys.SEND_LIMITS));
        assertThat(limits)
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(ResourceLimit.CPU_SECONDS, 10L, ResourceLimit.MEMORY_BYTES, 1L << 20));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cpu-seconds",
                "cpu-seconds=",
                "cpu-seconds=-1",
                "cpu-seconds=1MiB",
                "cpu=1",
                "open-files=1 open-files=2"
            })
    void aWrongLimitIsNamedWithThoseThereAre(String limits) {
        assertThatThrownBy(() -> SignalboxCommand.FEATURES.load(
                        Optional.empty(), Map.of(), List.of("delivery.exec.limits=" + limits)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("delivery.exec.limits: '" + limits + "' is not allowed; it must be NAME=value")
                .hasMessageContaining("cpu-seconds, memory-bytes, open-files");
    }
}
