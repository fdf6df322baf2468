package dev.signalbox.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.classfile.instruction.ConstantInstruction.LoadConstantInstruction;
import java.lang.foreign.Linker;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where the way with process groups is not to be had, commands really run on ProcessBuilder, and {@link ExecSupport} says why. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class FallbackTest {
    /** Without it the terminal is given a moment later. */
    private static final String OPTIONAL = "posix_spawn_file_actions_addtcsetpgrp_np";

    @Test
    void withNativeAccessDenied() throws Exception {
        assertThat(supported("--illegal-native-access=deny"))
                .containsExactly(
                        "false: ProcessBuilder, because native access is denied; start java with"
                                + " --enable-native-access=ALL-UNNAMED",
                        "exit code 3",
                        "timed out",
                        "proxied");
    }

    @Test
    void onOtherSystems() throws Exception {
        assertThat(supported("-Dos.name=Mac OS X", "-Dos.arch=aarch64"))
                .startsWith("false: ProcessBuilder, because this is Mac OS X on aarch64", "exit code 3", "timed out");
        assertThat(supported("-Dos.name=Windows 11"))
                .startsWith("false: ProcessBuilder, because this is Windows 11 on amd64", "exit code 3", "timed out");
        assertThat(supported("-Dos.arch=riscv64"))
                .startsWith("false: ProcessBuilder, because this is Linux on riscv64", "exit code 3", "timed out");
    }

    @Test
    void nativeAccessThatIsOnlyWarnedOfIsUsed() throws Exception {
        assertThat(supported("--illegal-native-access=warn")).first().asString().startsWith("true: ");
    }

    private static List<String> supported(String... options) throws InterruptedException {
        Capture capture = Command.of(Programs.java(List.of(options), Programs.Supports.class))
                .timeout(Duration.ofSeconds(50))
                .capture();
        assertThat(capture.exit()).as(capture.stderr().text()).isEqualTo(new Exit.Code(0));
        return capture.stdout().lines();
    }

    @Test
    void anOrderlyEndOfTheJvmEndsCommandsHereToo() throws Exception {
        Capture capture = Command.of(
                        Programs.java(List.of("--illegal-native-access=deny"), Programs.Leaves.class, "sleep", "611"))
                .capture();

        assertThat(capture.exit()).isEqualTo(new Exit.Code(3));
        assertThat(ProcessHandle.allProcesses())
                .noneMatch(process -> process.info().commandLine().orElse("").endsWith("sleep 611"));
    }

    static List<String> functions() {
        return Stream.of(Libc.class, SpawnBackend.class, Epoll.class, Terminal.class)
                .flatMap(FallbackTest::strings)
                .filter(text -> Linker.nativeLinker().defaultLookup().find(text).isPresent())
                .filter(name -> !name.equals(OPTIONAL))
                .distinct()
                .toList();
    }

    private static Stream<String> strings(Class<?> type) {
        var pool = ClassFile.of().parse(bytes(type.getName())).constantPool();
        return StreamSupport.stream(pool.spliterator(), false)
                .filter(StringEntry.class::isInstance)
                .map(entry -> ((StringEntry) entry).stringValue());
    }

    @Test
    void theFunctionsThatMayBeMissingAreKnown() {
        assertThat(functions())
                .contains("posix_spawn_file_actions_addclosefrom_np", "tcgetpgrp", "epoll_wait", "waitid", "pipe2")
                .hasSizeGreaterThan(25);
    }

    /** musl, glibc before 2.34: whichever function it is. */
    @ParameterizedTest
    @MethodSource("functions")
    void withAFunctionMissing(String function) throws Exception {
        var library = new Without(function);
        var probe = (Callable<?>) library.loadClass(Probe.class.getName())
                .getDeclaredConstructor()
                .newInstance();

        assertThat(probe.call())
                .isEqualTo("false: ProcessBuilder, because this C library has no function missing_" + function
                        + "; glibc 2.34 or newer is needed; ran ran");
    }

    @Test
    void withoutWhatIsOnlyNiceToHaveNothingIsLost() throws Exception {
        var probe = (Callable<?>) new Without(OPTIONAL)
                .loadClass(Probe.class.getName())
                .getDeclaredConstructor()
                .newInstance();

        assertThat(probe.call()).asString().startsWith("true: ").endsWith("; ran ran");
    }

    /** Run by another loader, with classes of its own. */
    public static final class Probe implements Callable<String> {
        @Override
        public String call() throws InterruptedException {
            ExecSupport support = ExecSupport.current();
            return support.processGroups() + ": " + support.reason() + "; " + echo() + " " + echo();
        }

        private static String echo() throws InterruptedException {
            return Command.of("echo", "ran").capture().orThrow().stdout().trimmed();
        }
    }

    /** This library on a system that lacks a function: wherever the library names it, it names one that no system has. */
    private static final class Without extends ClassLoader {
        private final String function;

        Without(String function) {
            super(FallbackTest.class.getClassLoader());
            this.function = function;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("dev.signalbox.exec.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
        }

        private Class<?> define(String name) {
            var file = ClassFile.of();
            byte[] changed =
                    file.transformClass(file.parse(bytes(name)), ClassTransform.transformingMethodBodies(this::rename));
            return defineClass(name, changed, 0, changed.length);
        }

        private void rename(CodeBuilder code, CodeElement element) {
            if (element instanceof LoadConstantInstruction load && function.equals(load.constantValue())) {
                code.ldc("missing_" + function);
            } else {
                code.with(element);
            }
        }
    }

    private static byte[] bytes(String type) {
        try (InputStream in = FallbackTest.class.getResourceAsStream("/" + type.replace('.', '/') + ".class")) {
            return Objects.requireNonNull(in).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
