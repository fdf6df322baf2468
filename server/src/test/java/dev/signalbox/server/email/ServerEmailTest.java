package dev.signalbox.server.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.server.Run;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.node.Server;
import dev.signalbox.testing.simulator.SmtpSimulator;
import dev.signalbox.testing.simulator.SmtpSimulatorOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server that sends mail to the simulated mail server. */
class ServerEmailTest {
    @TempDir
    Path folder;

    @Test
    void aMessageToAnAddressIsMailed() {
        try (var mail = SmtpSimulator.start(SmtpSimulatorOptions.defaults());
                var server = server(
                        "delivery.email.host=127.0.0.1",
                        "delivery.email.port=" + mail.port(),
                        "delivery.email.encryption=none",
                        "delivery.email.from=Signalbox <box@example.org>")) {
            var run = Run.of(
                    "send",
                    "--to",
                    "email:Info@FAẞ.de",
                    "Hello",
                    "--url",
                    server.controlUri().toString(),
                    "--data",
                    folder.toString());
            assertThat(run.exitCode()).isZero();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> mail.stats().accepted() == 1);
            var message = mail.messages(1).getFirst();
            assertThat(message.recipients()).containsExactly("Info@xn--fa-hia.de");
            assertThat(message.header("Subject")).contains("Notification");
            assertThat(message.text()).contains("Hello");
        }
    }

    @Test
    void whatDoesNotFitTogetherIsNamedAtOnce() {
        assertThatThrownBy(() -> server(
                        "delivery.email.host=mail.example.org",
                        "delivery.email.username=tim",
                        "delivery.email.encryption=rot13",
                        "delivery.email.ca-file=" + folder.resolve("none.pem"),
                        "delivery.email.dkim-domain=example.org"))
                .hasMessageContaining("delivery.email.from")
                .hasMessageContaining("delivery.email.password")
                .hasMessageContaining("delivery.email.encryption")
                .hasMessageContaining("delivery.email.ca-file")
                .hasMessageContaining("delivery.email.dkim-domain");
    }

    @Test
    void theSimulatorNamesAWrongFault() {
        assertThat(Run.of("simulator", "smtp", "--fault", "cut=2").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(Run.of("simulator", "smtp", "--help").out()).contains("--save");
    }

    private Server server(String... settings) {
        var all = new ArrayList<String>(List.of("data.folder=" + folder, "control.port=0", "clients.port=0"));
        all.addAll(List.of(settings));
        return Server.start(SignalboxCommand.FEATURES, SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), all));
    }
}
