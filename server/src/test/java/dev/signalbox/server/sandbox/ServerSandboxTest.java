package dev.signalbox.server.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.server.Run;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.node.Server;
import dev.signalbox.testing.simulator.SmtpSimulator;
import dev.signalbox.testing.simulator.SmtpSimulatorOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server in which nothing is sent, and one in which test messages are. */
class ServerSandboxTest {
    @TempDir
    Path folder;

    private String url = "";

    @Test
    void nothingLeavesTheHouse() {
        try (var mail = SmtpSimulator.start(SmtpSimulatorOptions.defaults());
                var _ = server(mail, "true")) {
            Run sent = run("test-send", "email:alice@example.com", "--json");
            assertThat(sent.exitCode()).as(sent.err()).isZero();
            assertThat(sent.json().path("attempts").path(0).path("providerId").asString())
                    .startsWith("sandbox-");
            run("suppression", "add", "email:alice@example.com", "--reason", "bounce");
            assertThat(run("test-send", "email:alice@example.com").out())
                    .as("all else acts as ever")
                    .startsWith("REJECTED")
                    .contains("it does not exist");
            assertThat(mail.stats().connections()).isZero();
        }
    }

    @Test
    void aTestMessageTellsWhatTheProviderSays() {
        try (var mail = SmtpSimulator.start(SmtpSimulatorOptions.defaults());
                var _ = server(mail, "false")) {
            Run sent = run("test-send", "email:alice@example.com");
            assertThat(sent.exitCode()).as(sent.err()).isZero();
            assertThat(sent.out()).startsWith("SENT after ");
            assertThat(mail.messages(1).getFirst().header("Subject")).contains("Test message of Signalbox");
            assertThat(run("test-send", "email:nobody").exitCode()).isEqualTo(ExitCode.REFUSED);
            mail.close();
            Run failed = run("test-send", "email:alice@example.com");
            assertThat(failed.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(failed.out()).startsWith("DEAD");
        }
    }

    @Test
    void allButSendingIsTheSendersOwn() throws Exception {
        for (var method : Sender.class.getMethods()) {
            Class<?> owner = SandboxSender.class
                    .getMethod(method.getName(), method.getParameterTypes())
                    .getDeclaringClass();
            assertThat(owner).as(method.getName()).isEqualTo(SandboxSender.class);
        }
    }

    private Run run(String... arguments) {
        return Run.of(Stream.concat(Stream.of(arguments), Stream.of("--url", url, "--data", folder.toString()))
                .toArray(String[]::new));
    }

    private Server server(SmtpSimulator mail, String sandbox) {
        Server server = Server.start(
                SignalboxCommand.FEATURES,
                SignalboxCommand.FEATURES.load(
                        Optional.empty(),
                        Map.of(),
                        List.of(
                                "data.folder=" + folder,
                                "control.port=0",
                                "clients.port=0",
                                "delivery.sandbox=" + sandbox,
                                "delivery.email.host=127.0.0.1",
                                "delivery.email.port=" + mail.port(),
                                "delivery.email.encryption=none",
                                "delivery.email.from=box@example.org")));
        url = server.controlUri().toString();
        return server;
    }
}
