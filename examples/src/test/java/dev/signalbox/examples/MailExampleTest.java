package dev.signalbox.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.mail.Encryption;
import dev.signalbox.mail.SmtpOptions;
import dev.signalbox.testing.simulator.Behaviour;
import dev.signalbox.testing.simulator.SmtpSimulator;
import dev.signalbox.testing.simulator.SmtpSimulatorOptions;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MailExampleTest {
    @Test
    void whoCanBeReachedGetsTheBill() {
        var behaviour = Behaviour.perfect().withRefused(Set.of("gone@example.com"));
        try (var server = SmtpSimulator.start(SmtpSimulatorOptions.defaults().withBehaviour(behaviour))) {
            var options = SmtpOptions.to("127.0.0.1")
                    .port(server.port())
                    .encryption(Encryption.NONE)
                    .build();
            var result = MailExample.bill(options, new byte[] {1, 2, 3}, "alice@example.com", "gone@example.com");
            assertThat(result.accepted()).hasSize(1);
            assertThat(result.refused()).hasSize(1);
            assertThat(server.messages(1).getFirst().text())
                    .contains("here (https://example.org/pay/4711)")
                    .contains("filename*=UTF-8''Rechnung%20f%C3%BCr%20M%C3%A4rz.pdf");
        }
    }
}
