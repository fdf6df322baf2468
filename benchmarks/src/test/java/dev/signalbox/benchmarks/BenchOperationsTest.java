package dev.signalbox.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.services.Effort;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The benchmarks of maintenance and leases in their shortest form: a count that is not exact ends them with an error. */
class BenchOperationsTest {
    @ParameterizedTest
    @CsvSource({
        "drain, 'pass of the open gate;allocated a pass;drain of a pool, 64 threads'",
        "lease, lease taken;lease renewed;lease released",
        "failover, hand-over;leader killed;leader frozen"
    })
    void itRunsAndItsCountsAreExact(String name, String cases) {
        Assumptions.assumeTrue(Effort.of(0, 1) == 1, "in the long form alone: it starts every store");
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();

        int code = Bench.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(name, "--runs", "1", "--seconds", "0.05", "--json");

        assertThat(code).as(err::toString).isZero();
        JsonNode report =
                new ObjectMapper().readTree(out.toString().lines().toList().getLast());
        List<String> found = new ArrayList<>();
        report.get("results").forEach(result -> found.add(result.get("case").asString()));
        for (String each : cases.split(";")) {
            assertThat(found).as(report::toString).anyMatch(measured -> measured.startsWith(each));
        }
    }
}
