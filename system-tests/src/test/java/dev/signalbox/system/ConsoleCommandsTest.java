package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Every command that the console shows, run as it is shown. */
class ConsoleCommandsTest {
    @TempDir
    Path folder;

    @Test
    void theyWork() throws Exception {
        try (var provider = SmsSimulator.start(SmsSimulatorOptions.defaults());
                var server = ServerProcess.start(
                                folder.resolve("data"),
                                List.of("delivery.sms.url=" + provider.sendUrl(), "delivery.sms.token=mock-token"))
                        .awaitReady();
                var chromium = Chromium.start(Files.createDirectory(folder.resolve("profile")))) {
            BrowserPage page = chromium.open(server.uri("/console/"), 800, 600);
            JsonNode commands = page.evaluate("import('./commands.js').then(m => Object.values(m.COMMANDS))");
            assertThat(commands.size()).isPositive();
            for (JsonNode command : commands) {
                run(command, server);
            }
            assertThat(page.evaluate("import('./commands.js').then(m => m.commandLine('append'))")
                            .stringValue())
                    .isEqualTo("./signalbox session append game-7 '{\"move\": \"e4\"}'");
        }
    }

    private void run(JsonNode command, ServerProcess server) throws Exception {
        List<String> arguments = new ArrayList<>();
        command.forEach(word -> arguments.add(word.stringValue()));
        if (!arguments.getFirst().equals("serve")) {
            arguments.addAll(List.of(
                    "--url",
                    server.uri("/").toString(),
                    "--data",
                    folder.resolve("data").toString()));
        }
        Path output = Files.createDirectories(folder.resolve("out"));
        Process process = ServerProcess.run(output, arguments);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(command.toString()).isTrue();
        assertThat(process.exitValue())
                .as(command + "\n" + Files.readString(output.resolve("server.log")))
                .isZero();
    }
}
