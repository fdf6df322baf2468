package dev.signalbox.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.maintenance.control.AdmissionGate;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;

/** One thread that enters an open gate and leaves it. */
final class DrainGate {
    private static final String SYSTEM = "signalbox";
    private static final int ROUND = 100_000;

    private DrainGate() {}

    static List<Sample> measure(Duration duration) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        AdmissionGate gate = new AdmissionGate();
        long passes = 0;
        long bytes = threads.getCurrentThreadAllocatedBytes();
        long begun = System.nanoTime();
        long took = 0;
        while (took < duration.toNanos()) {
            passes += round(gate);
            took = System.nanoTime() - begun;
        }
        bytes = threads.getCurrentThreadAllocatedBytes() - bytes;
        if (gate.inside() != 0 || gate.refused() != 0) {
            throw new IllegalStateException("the gate miscounts: " + gate.inside() + " inside");
        }
        return List.of(
                new Sample("pass of the open gate", SYSTEM, (double) took / passes, "ns"),
                new Sample("allocated a pass", SYSTEM, (double) bytes / passes, "bytes"));
    }

    private static int round(AdmissionGate gate) {
        for (int i = 0; i < ROUND; i++) {
            if (!gate.enter()) {
                throw new IllegalStateException("an open gate refused");
            }
            gate.leave();
        }
        return ROUND;
    }
}
