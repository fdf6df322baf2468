package dev.signalbox.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.mail.MailAgent;
import dev.signalbox.mail.MailMessage;
import dev.signalbox.testing.simulator.SmtpSimulator;
import dev.signalbox.testing.simulator.SmtpSimulatorOptions;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** An agent for mail, where a server is named. */
class MailAutoConfigurationTest {
    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(MailAutoConfiguration.class));

    @Test
    void itSendsOverTheServerOfTheProperties() {
        try (var server = SmtpSimulator.start(SmtpSimulatorOptions.defaults())) {
            runner.withPropertyValues(
                            "signalbox.mail.host=127.0.0.1",
                            "signalbox.mail.port=" + server.port(),
                            "signalbox.mail.encryption=none",
                            "signalbox.mail.from=Shop <shop@example.com>")
                    .run(context -> context.getBean(MailAgent.class)
                            .send(MailMessage.builder()
                                    .to("alice@example.com")
                                    .subject("Bread")
                                    .text("It is ready.")
                                    .build())
                            .orThrow());

            assertThat(server.messages(2)).singleElement().satisfies(message -> {
                assertThat(message.from()).isEqualTo("shop@example.com");
                assertThat(message.text()).contains("It is ready.");
            });
        }
    }

    @Test
    void withoutAServerThereIsNone() {
        runner.run(context -> assertThat(context).doesNotHaveBean(MailAgent.class));
    }

    @Test
    void thePasswordIsRequiredAndShownNowhere() {
        runner.withPropertyValues("signalbox.mail.host=127.0.0.1", "signalbox.mail.username=shop")
                .run(context ->
                        assertThat(context).getFailure().rootCause().hasMessageContaining("signalbox.mail.password"));
        runner.withPropertyValues("signalbox.mail.username=shop", "signalbox.mail.password=canary")
                .run(context -> assertThat(context.getBean(MailProperties.class).toString())
                        .contains("shop")
                        .doesNotContain("canary"));
    }
}
