package dev.signalbox.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.benchmarks.Benchmark.Ratio;
import dev.signalbox.benchmarks.Benchmark.Sample;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class BenchTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine bench = Bench.commandLine();
        return bench.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
    }

    @Test
    void theValueIsTheMedianAndTheRatioIsOursOverTheirs() {
        List<Result> results = Result.of(List.of(
                new Sample("a", "signalbox", 30, "x/s"),
                new Sample("a", "rival", 10, "x/s"),
                new Sample("a", "signalbox", 10, "x/s"),
                new Sample("a", "signalbox", 20, "x/s"),
                new Sample("b", "signalbox", 1, "x/s")));

        assertThat(results.getFirst()).isEqualTo(new Result("a", "signalbox", 20, "x/s", 3, 10, 30));
        assertThat(Result.ratios(results)).containsExactly(new Ratio("a", "rival", 2));
    }

    @Test
    void aRatioAboveOneSpeaksForUsAlsoWhereLessIsBetter() {
        List<Result> results =
                Result.of(List.of(new Sample("a", "signalbox", 2, "ms"), new Sample("a", "rival", 10, "ms")));

        assertThat(Result.ratios(results)).containsExactly(new Ratio("a", "rival", 5));
    }

    @Test
    void whatOneSystemCannotDoTakesNothingFromTheOthers() throws Exception {
        CommandLine line = Bench.commandLine().setErr(new PrintWriter(err));
        line.parseArgs("router", "--runs", "2", "--seconds", "0.001");
        Bench bench = line.getCommand();

        List<Sample> samples = bench.measure(List.of(
                _ -> {
                    throw new IOException("the rival is gone");
                },
                _ -> List.of(new Sample("a", "signalbox", 1, "x/s"))));

        assertThat(samples).hasSize(2);
        assertThat(err.toString()).contains("left out", "the rival is gone");
    }

    @Test
    void anUnknownNameSaysWhatThereIs() {
        assertThat(run("nonsense")).isEqualTo(2);
        assertThat(err.toString()).contains("nonsense").contains("router");
    }

    @Test
    void helpIsHelp() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("--runs", "--seconds", "--json", "router");
    }

    @Test
    void mailIsMeasuredByWhatTheSinkTook() {
        assertThat(run("mail", "--runs", "1", "--seconds", "0.05"))
                .as(err::toString)
                .isZero();
        assertThat(out.toString())
                .contains("small-5ms", "senders-1000", "attachment-25MB", "heap of 48 MB", "messages/s");
    }

    @Test
    void theRouterIsMeasuredAndTheLastLineIsJson() {
        assertThat(run("router", "--runs", "1", "--seconds", "0.05", "--json"))
                .as(err::toString)
                .isZero();

        JsonNode report =
                new ObjectMapper().readTree(out.toString().lines().toList().getLast());
        assertThat(report.get("bench").asString()).isEqualTo("router");
        assertThat(report.get("machine").get("processors").asInt()).isPositive();
        assertThat(report.get("results").size()).isEqualTo(12);
        for (JsonNode result : report.get("results")) {
            assertThat(result.get("value").asDouble()).as(result.toString()).isPositive();
        }
        assertThat(report.get("results").get(0).get("case").asString()).isEqualTo("client-to-logic");
    }
}
