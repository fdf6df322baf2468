package dev.signalbox.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** A secret in an argument, a variable or the input is in no message, log line or event, however the command ends. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class SecretTest {
    private static final String SECRET = "canary-5d1f";

    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.signalbox.exec");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final List<String> told = new CopyOnWriteArrayList<>();

    @TempDir
    Path folder;

    static Stream<Backend> backends() {
        return Stream.of(Backends.best(), new JdkBackend("a test"));
    }

    @BeforeEach
    void listen() {
        logger.setLevel(Level.TRACE);
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
        logger.setLevel(null);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aSecretStaysWithTheCommand(Backend backend) throws Exception {
        Path broken = Files.writeString(folder.resolve("broken"), "#!/no/such/interpreter\n");
        assertThat(broken.toFile().setExecutable(true)).isTrue();

        Command sleeper = secret(backend, "sh", "-c", "sleep 60");
        thrown(sleeper.timeout(Duration.ofMillis(50))::capture);
        thrown(() -> {
            try (RunningCommand running = sleeper.start()) {
                running.cancel();
                running.await();
            }
        });
        thrown(() -> secret(backend, "sh", "-c", "exit 3").capture().orThrow());
        thrown(() -> secret(backend, "no-such-program").capture());
        thrown(() -> secret(backend, broken.toString()).capture());
        thrown(() -> secret(backend, "true").in(folder.resolve("away")).capture());
        thrown(() -> secret(backend, "true").stdin(folder.resolve("away")).capture());
        thrown(() -> secret(backend, "true").with(List.of("x".repeat(3 << 20))).capture());
        thrown(() -> secret(backend, "true").with(List.of(SECRET + "\0")).capture());
        thrown(() -> secret(backend, "true").env("NAME", SECRET + "\0").capture());
        thrown(() -> secret(backend, "true")
                .limit(ResourceLimit.OPEN_FILES, 1L << 40)
                .capture());
        thrown(() -> Pipeline.of(secret(backend, "cat"), secret(backend, "cat")));
        told.add(secret(backend, "true") + " " + secret(backend, "echo").capture());

        assertThat(told).hasSizeGreaterThan(15).noneMatch(text -> text.contains(SECRET));
        assertThat(logged()).map(SecretTest::text).noneMatch(text -> text.contains(SECRET));
    }

    /** A command's listener may log after the command has returned. */
    private List<ILoggingEvent> logged() {
        synchronized (log) {
            return List.copyOf(log.list);
        }
    }

    private Command secret(Backend backend, String... words) {
        return Command.of(List.of(words))
                .with(List.of("--token=" + SECRET))
                .env("TOKEN", SECRET)
                .stdin(SECRET)
                .grace(Duration.ofMillis(100))
                .listener(new Telling())
                .on(backend);
    }

    private void thrown(ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).isNotNull();
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            told.add(each.toString());
        }
    }

    private static String text(ILoggingEvent event) {
        StringBuilder text = new StringBuilder(event.getFormattedMessage());
        for (IThrowableProxy each = event.getThrowableProxy(); each != null; each = each.getCause()) {
            text.append(' ').append(each.getMessage());
        }
        return text.toString();
    }

    private final class Telling implements ExecListener {
        @Override
        public void started(String program, long pid) {
            told.add(program);
        }

        @Override
        public void ended(String program, Outcome outcome, Exit exit, Duration duration) {
            told.add(program + outcome + exit);
            throw new IllegalStateException("so that something is logged");
        }

        @Override
        public void failed(String program, ExecException failure) {
            told.add(program + failure);
        }
    }
}
