package dev.signalbox.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands on one way to start processes, in a folder of their own. */
@Timeout(30)
abstract class CommandFixture {
    static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    abstract Backend backend();

    Command command(String... words) {
        return Command.of(List.of(words)).on(backend()).grace(Duration.ofMillis(500));
    }

    Command shell(String script) {
        return command("sh", "-c", script);
    }

    /** How an end by a signal is told here. */
    abstract Exit signalled(int number);

    Path script(String name, String body) throws IOException {
        Path script = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n", StandardCharsets.UTF_8);
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }

    static boolean isAlive(String pid) {
        return ProcessHandle.of(Long.parseLong(pid))
                .filter(ProcessHandle::isAlive)
                .isPresent();
    }

    static <T> Future<T> onThread(Callable<T> task) {
        var future = new FutureTask<>(task);
        Thread.startVirtualThread(future);
        return future;
    }
}
