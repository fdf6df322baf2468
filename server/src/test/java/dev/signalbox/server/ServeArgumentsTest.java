package dev.signalbox.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.command.ConfigOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ParseResult;

/** Servers start without picocli, and their options mean what they mean to picocli. */
class ServeArgumentsTest {
    private static final List<String> WORDS = List.of(
            "-c",
            "--config",
            "--set",
            "a.yaml",
            "-ca.yaml",
            "-c=a.yaml",
            "--config=a.yaml",
            "--config=",
            "--set=a=b",
            "--set=-1",
            "a=b",
            "-1",
            "",
            "\"a=b\"",
            "'a=b'",
            "@a",
            "--",
            "--set=--debug",
            "--debug",
            "--help",
            "--print-config",
            "--nonsense");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serve",
                "serve --config a.yaml",
                "serve -c a.yaml --set control.port=0",
                "serve --set=control.port=0 --config=a.yaml --set data.folder=a=b"
            })
    void theUsualNeedsNoPicocli(String line) {
        assertThat(ServeArguments.read(line.split(" "))).isPresent();
    }

    /** All command lines of up to three of these words. */
    @Test
    void whatIsReadIsWhatPicocliReads() {
        List<String[]> read = IntStream.rangeClosed(0, 3)
                .boxed()
                .flatMap(ServeArgumentsTest::lines)
                .map(words -> Stream.concat(Stream.of("serve"), words).toArray(String[]::new))
                .filter(line -> ServeArguments.read(line).isPresent())
                .toList();

        assertThat(read)
                .hasSizeGreaterThan(50)
                .allSatisfy(line -> assertThat(ServeArguments.read(line).map(ServeArgumentsTest::described))
                        .as("%s", List.of(line))
                        .contains(described(byPicocli(line))));
    }

    private static Stream<Stream<String>> lines(int length) {
        return length == 0
                ? Stream.of(Stream.of())
                : WORDS.stream().flatMap(word -> lines(length - 1).map(rest -> Stream.concat(Stream.of(word), rest)));
    }

    private static String described(ConfigOptions options) {
        return options.file() + " " + options.sets();
    }

    private static ConfigOptions byPicocli(String... arguments) {
        ParseResult parsed = SignalboxCommand.commandLine(SignalboxCommand.FEATURES, arguments)
                .setExpandAtFiles(false)
                .parseArgs(arguments)
                .subcommand();
        return new ConfigOptions(
                Optional.ofNullable(parsed.<Path>matchedOptionValue("--config", null)),
                parsed.matchedOptionValue("--set", List.of()));
    }
}
