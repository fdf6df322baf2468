package dev.signalbox.server.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.exec.ExecListener;
import dev.signalbox.server.exec.ExecSettings.CommandSending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** How the end of a command becomes the outcome of an attempt. */
@DisabledOnOs(OS.WINDOWS)
class CommandSenderTest {
    @TempDir
    Path folder;

    @Test
    void zeroIsAcceptedAndTheLastLineIsTheProvidersId() throws Exception {
        assertThat(send("echo one; echo two")).isEqualTo(new SendResult.Accepted(Optional.of("two")));
        assertThat(send("cat >/dev/null")).isEqualTo(new SendResult.Accepted(Optional.empty()));
    }

    @Test
    void theConfiguredCodeIsNotSentAndOthersAreRejected() throws Exception {
        assertThat(send("echo later >&2; exit 75"))
                .isInstanceOfSatisfying(
                        SendResult.NotSent.class,
                        result -> assertThat(result.reason()).endsWith("ended with exit code 75: later"));
        assertThat(send("echo never >&2; exit 1"))
                .isInstanceOfSatisfying(
                        SendResult.Rejected.class,
                        result -> assertThat(result.reason()).endsWith("ended with exit code 1: never"));
    }

    @Test
    void whatWasEndedIsUnknown() throws Exception {
        assertThat(send("kill -9 $$")).isInstanceOf(SendResult.Unknown.class);
        assertThat(send("sleep 60"))
                .isInstanceOfSatisfying(
                        SendResult.Unknown.class,
                        result -> assertThat(result.reason()).contains("did not end within"));
    }

    @Test
    void whatWasNotStartedIsNotSent() throws Exception {
        var sender = new CommandSender(options(List.of("/no/such/program")), _ -> ExecListener.NONE);

        assertThat(sender.send(delivery(Duration.ofSeconds(5)))).isInstanceOf(SendResult.NotSent.class);
        assertThat(sender.send(delivery(Duration.ofMillis(1))))
                .isEqualTo(new SendResult.NotSent("no time was left", Optional.empty()));
    }

    @Test
    void whatMayNotBeginAnyMoreIsNotStarted() throws Exception {
        Path started = folder.resolve("started");
        var sender = new CommandSender(options(List.of("touch", started.toString())), _ -> ExecListener.NONE);

        assertThat(sender.send(delivery(Duration.ofSeconds(5)).withPermit(() -> false)))
                .isInstanceOf(SendResult.NotSent.class);
        assertThat(started).doesNotExist();
        assertThat(sender.send(delivery(Duration.ofSeconds(5)))).isInstanceOf(SendResult.Accepted.class);
        assertThat(started).exists();
    }

    @Test
    void theCallersTraceIsInTheEnvironment() throws Exception {
        String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        var sender = new CommandSender(options(List.of("sh", "-c", "echo \"[$TRACEPARENT]\"")), _ -> ExecListener.NONE);

        assertThat(sender.send(delivery(Duration.ofMinutes(1)).withTraceparent(trace)))
                .isEqualTo(new SendResult.Accepted(Optional.of("[" + trace + "]")));
        assertThat(sender.send(delivery(Duration.ofMinutes(1)))).isEqualTo(new SendResult.Accepted(Optional.of("[]")));
    }

    private SendResult send(String body) throws IOException, InterruptedException {
        Path script = Files.writeString(folder.resolve("send"), "#!/bin/sh\n" + body + "\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return new CommandSender(options(List.of(script.toString())), _ -> ExecListener.NONE)
                .send(delivery(Duration.ofMinutes(1)));
    }

    private static CommandSending options(List<String> words) {
        return new CommandSending("exec", words, Duration.ofSeconds(4), 1, Map.of(), 75, Duration.ZERO);
    }

    private static Delivery delivery(Duration remaining) {
        return new Delivery(UUID.randomUUID(), 0, 1, new Channel("exec"), "a", "b", Map.of(), remaining);
    }
}
