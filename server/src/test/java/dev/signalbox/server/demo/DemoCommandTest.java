package dev.signalbox.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.Run;
import dev.signalbox.server.command.RestClient;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DemoCommandTest {
    /** Of ten messages, four are for connected clients, and one each for mail after an absent client, mail, and a webhook. */
    @Test
    void usesEveryChannelAndCountsRight() {
        Run run = Run.of("demo", "--exit", "--messages", "200", "--set", "control.port=0", "--set", "clients.port=0");
        JsonNode last = RestClient.JSON.readTree(run.out().lines().toList().getLast());
        assertThat(run.exitCode()).as(last::toString).isZero();
        assertThat(run.out()).contains("Mailbox:        http://127.0.0.1:");
        assertThat(List.of("accepted", "delivered", "email", "webhook", "failed", "duplicates"))
                .extracting(name -> last.path(name).asInt())
                .containsExactly(200, 200, 40, 20, 0, 0);
        assertThat(last.path("live").asInt() + last.path("sms").asInt()).isEqualTo(140);
    }
}
