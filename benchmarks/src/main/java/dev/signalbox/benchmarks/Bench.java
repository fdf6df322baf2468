package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Case;
import dev.signalbox.benchmarks.Benchmark.Ratio;
import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.benchmarks.Benchmark.Settings;
import dev.signalbox.server.node.LogFormat;
import dev.signalbox.server.node.LogLevel;
import dev.signalbox.server.node.Logging;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.ObjectMapper;

/** Measures. The table goes to standard output, progress to standard error, and with {@code --json} the last line is JSON. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description =
                "Measures one part of Signalbox. Figures are medians over the runs; cases take turns, every second time backwards.",
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class Bench implements Callable<Integer> {
    private static final Map<String, Supplier<Benchmark>> BENCHMARKS = Map.ofEntries(
            Map.entry("router", RouterBenchmark::new),
            Map.entry("delivery", DeliveryBenchmark::new),
            Map.entry("exec", ExecBenchmark::new),
            Map.entry("observatory", ObservatoryBenchmark::new),
            Map.entry("llm", LlmBenchmark::new),
            Map.entry("mail", MailBenchmark::new),
            Map.entry("session", SessionBenchmark::new),
            Map.entry("drain", DrainBenchmark::new),
            Map.entry("lease", LeaseBenchmark::new),
            Map.entry("failover", FailoverBenchmark::new),
            Map.entry("cluster", ClusterBenchmark::new),
            Map.entry("start", StartBenchmark::new));
    private static final double NANOS = 1_000_000_000.0;

    private record Report(String bench, Machine machine, List<Result> results, List<Ratio> ratios) {}

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "NAME",
            description = "What to measure: ${COMPLETION-CANDIDATES}.",
            completionCandidates = Names.class)
    private String name;

    @Option(
            names = "--runs",
            defaultValue = "5",
            description = "How often each case is measured (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(
            names = "--seconds",
            defaultValue = "3",
            description = "About how long one measurement takes (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--rivals", description = "Measure other systems, too, in the same turns.")
    private boolean rivals;

    @Option(names = "--json", description = "End with one JSON object on the last line.")
    private boolean json;

    /** Cases that failed. */
    private int failures;

    /** For {@code --help}. */
    static final class Names extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Names() {
            super(BENCHMARKS.keySet().stream().sorted().toList());
        }
    }

    static void main(String[] arguments) {
        Logging.configure(LogFormat.PLAIN, LogLevel.WARN);
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Bench());
    }

    @Override
    public Integer call() throws Exception {
        Supplier<Benchmark> chosen = BENCHMARKS.get(name);
        if (chosen == null) {
            throw new ParameterException(
                    spec.commandLine(), "there is no benchmark " + name + "; there is " + new Names());
        }
        if (runs < 1 || seconds <= 0) {
            throw new ParameterException(spec.commandLine(), "--runs must be at least 1, --seconds greater than 0");
        }
        try (Benchmark benchmark = chosen.get()) {
            report(Result.of(measure(benchmark.cases(new Settings(rivals)))));
        }
        return failures == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    List<Sample> measure(List<Case> cases) throws Exception {
        Duration duration = Duration.ofNanos((long) (seconds * NANOS));
        progress("warming up");
        for (Case each : cases) {
            var _ = measured(each, duration);
        }
        List<Sample> samples = new ArrayList<>();
        for (int run = 1; run <= runs; run++) {
            progress("run " + run + " of " + runs);
            // What the first compiles and leaves to the garbage collector would always be to the favour of the others.
            for (Case each : run % 2 == 0 ? cases.reversed() : cases) {
                samples.addAll(measured(each, duration));
            }
        }
        return samples;
    }

    /** What one system cannot do takes nothing from the figures of the others: it is told, and missing. */
    private List<Sample> measured(Case each, Duration duration) throws Exception {
        try {
            return each.measure(duration);
        } catch (IOException | RuntimeException e) {
            failures++;
            progress("a case failed and is left out: " + e);
            return List.of();
        }
    }

    private void progress(String what) {
        spec.commandLine().getErr().println("bench " + name + ": " + what);
        spec.commandLine().getErr().flush();
    }

    private void report(List<Result> results) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%-36s %-24s %14s  %-16s %14s %14s%n", "case", "system", "median", "unit", "min", "max");
        for (Result result : results) {
            out.printf(
                    "%-36s %-24s %,14.2f  %-16s %,14.2f %,14.2f%n",
                    result.name(), result.system(), result.value(), result.unit(), result.min(), result.max());
        }
        List<Ratio> ratios = Result.ratios(results);
        ratios.forEach(
                ratio -> out.printf("%-36s against %-16s %,14.2f%n", ratio.name(), ratio.against(), ratio.ratio()));
        if (json) {
            out.println(new ObjectMapper().writeValueAsString(new Report(name, Machine.here(), results, ratios)));
        }
        out.flush();
    }
}
