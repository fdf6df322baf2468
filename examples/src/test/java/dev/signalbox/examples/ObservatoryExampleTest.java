package dev.signalbox.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.observatory.ContextHeaders;
import dev.signalbox.testing.simulator.ObservatorySimulator;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour.Fault;
import dev.signalbox.testing.simulator.ObservatorySimulatorOptions;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObservatoryExampleTest {
    @TempDir
    Path folder;

    @Test
    void logsGoWhereTheRequestWantsThemAndSurviveAnOutage() {
        try (var ours = ObservatorySimulator.start(ObservatorySimulatorOptions.defaults());
                var tenants = ObservatorySimulator.start(ObservatorySimulatorOptions.defaults())) {
            var header = "{\"everworkerUrl\":\"" + tenants.url() + "\",\"observatoryToken\":\"mock-token\"}";
            ours.behave(ObservatorySimulatorBehaviour.perfect().with(Fault.CUT));
            try (var example = new ObservatoryExample(ours.url(), "mock-token", tenants.url(), folder)) {
                example.handle(Map.of(), "4711");
                example.handle(Map.of(ContextHeaders.EXECUTION_CONTEXT, header), "4712");
            }
            assertThat(ours.records()).isEmpty();
            assertThat(tenants.records().getFirst().data()).containsEntry("order", "4712");
            ours.behave(ObservatorySimulatorBehaviour.perfect());
            new ObservatoryExample(ours.url(), "mock-token", tenants.url(), folder).close();
            assertThat(ours.records()).hasSize(1);
            assertThat(ours.records().getFirst().data()).containsEntry("order", "4711");
        }
    }
}
