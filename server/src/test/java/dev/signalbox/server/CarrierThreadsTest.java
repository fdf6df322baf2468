package dev.signalbox.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** On machines with one processor, each in a JVM of its own. */
class CarrierThreadsTest {
    private static final String PARALLELISM = "jdk.virtualThreadScheduler.parallelism";

    @Test
    void aClassThatWaitsForALockWhileItIsInitialisedDoesNotStopAllVirtualThreads() throws Exception {
        assertThat(run(WaitingClass.class)).isEqualTo("initialised");
    }

    @Test
    void whatTheOperatorHasSetIsLeft() throws Exception {
        assertThat(run(Setting.class, "-D" + PARALLELISM + "=3")).isEqualTo("3");
    }

    private static String run(Class<?> program, String... options) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of("-XX:ActiveProcessorCount=1", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(options));
        command.add(program.getName());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } finally {
            process.destroyForcibly();
        }
    }

    static final class Setting {
        private Setting() {}

        static void main() {
            CarrierThreads.reserve();
            IO.println(System.getProperty(PARALLELISM));
        }
    }

    /** One virtual thread holds a lock, and is not running, while another initialises a class that waits for it. */
    static final class WaitingClass {
        private static final Lock LOCK = new ReentrantLock();
        private static final CountDownLatch HELD = new CountDownLatch(1);
        private static final CountDownLatch WAITS = new CountDownLatch(1);

        private WaitingClass() {}

        static void main() throws InterruptedException {
            CarrierThreads.reserve();
            Thread.startVirtualThread(WaitingClass::hold);
            HELD.await();
            Thread initialising = Thread.startVirtualThread(() -> IO.println(Initialised.NAME));
            initialising.join();
        }

        private static void hold() {
            LOCK.lock();
            try {
                HELD.countDown();
                WAITS.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                LOCK.unlock();
            }
        }

        private static final class Initialised {
            static final String NAME = name();

            private Initialised() {}

            private static String name() {
                WAITS.countDown();
                LOCK.lock();
                try {
                    return "initialised";
                } finally {
                    LOCK.unlock();
                }
            }
        }
    }
}
