package dev.signalbox.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.signalbox.benchmarks.Benchmark.Sample;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Processor time of this process, all threads, for each piece of a streamed answer of some 2,000 pieces. The simulator repeats
 * the question, so the whole text of every answer is known and compared.
 */
final class LlmStreamCost {
    private static final int WORDS = 2_000;
    private static final String QUESTION =
            IntStream.range(0, WORDS).mapToObj(i -> "word" + i).collect(Collectors.joining(" "));
    private static final String ANSWER = "This is a simulated answer to: " + QUESTION;
    private static final int PIECES = ANSWER.split(" ", -1).length;
    private static final int WARM_UP = 40;

    private final OperatingSystemMXBean processor = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final LlmStreamReader reader;
    private boolean warm;

    LlmStreamCost(LlmStreamReader reader) {
        this.reader = reader;
    }

    List<Sample> measure(Duration duration) throws Exception {
        for (int i = 0; !warm && i < WARM_UP; i++) {
            readOne();
        }
        warm = true;
        long pieces = 0;
        long begun = System.nanoTime();
        long used = processor.getProcessCpuTime();
        while (System.nanoTime() - begun < duration.toNanos()) {
            pieces += readOne();
        }
        double micros = (processor.getProcessCpuTime() - used) / 1_000.0;
        return List.of(new Sample("stream-cpu", reader.system(), micros / pieces, "µs/piece"));
    }

    private long readOne() throws Exception {
        LlmStreamReader.Answer answer = reader.reading().read(QUESTION);
        if (!answer.text().equals(ANSWER) || answer.pieces() != PIECES) {
            throw new IllegalStateException(reader.system() + " read " + answer.pieces() + " pieces of " + PIECES
                    + (answer.text().equals(ANSWER) ? "" : ", and another text"));
        }
        return answer.pieces();
    }
}
